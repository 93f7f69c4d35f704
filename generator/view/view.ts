import type { Code } from "../code/layout.js";

/** What a template may hold: ready Code, loops over more of it, and whether a part is there at all. No text. */
export type Data = Code | boolean | readonly Data[] | Fields;

export interface Fields {
  readonly [name: string]: Data;
}

/** An emitted file before it is laid out: all decisions are taken. */
export interface View {
  /** The file below `templates/`, without `.hbs`. */
  readonly template: string;
  readonly data: Fields;
}
