/** A file to be written: its path below the output folder, with `/`, and its text. */
export interface Emitted {
  readonly path: string;
  readonly text: string;
}
