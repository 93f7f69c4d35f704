import type { Mask } from "./audit.js";

/**
 * What of an operation may not be in a log as it is, by its place: a JSON pointer (RFC 6901) into the input of the client's function, or into the body of an answer. `*` is every item of
 * a list or value of a map, and `**` any depth.
 */
export interface SensitiveParts {
  readonly sent?: Readonly<Record<string, Mask>>;
  readonly answered?: Readonly<Record<string, Mask>>;
}

/** What may not be in a log as it is, by operation. Everything else may be. */
export type Sensitivity = Readonly<Record<string, SensitiveParts>>;
