/** A file to be written: its path below the output folder, with `/`, and its text. */
export interface Emitted {
  readonly path: string;
  readonly text: string;
  /** Written once, and the user's from then on. */
  readonly yours?: true;
}
