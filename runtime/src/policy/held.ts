import type { MomentName } from "./moments.js";

/**
 * What code holds a value as that is something else on the wire: a `bigint` is a number there, and so are `digits`, which code holds as a
 * text; a moment is a text there.
 */
export type HeldAs = "bigint" | "digits" | MomentName;

/** Where code holds values as something else than they are on the wire. Of a list, each holds; a function is asked when it is needed. */
export type Held = HeldAs | readonly Held[] | HeldParts | (() => Held);

/** What is held within an object or a list. */
export interface HeldParts {
  readonly members?: Readonly<Record<string, Held>>;
  /** In members of other names. */
  readonly rest?: Held;
  /** In the first items, each in its place. */
  readonly prefix?: readonly Held[];
  /** In the items behind them. */
  readonly items?: Held;
}

/** What is held in the parts of an operation. */
export interface HeldWire {
  readonly path?: Held;
  readonly query?: Held;
  readonly header?: Held;
  readonly cookie?: Held;
  /** By media type. */
  readonly body?: Readonly<Record<string, Held>>;
  /** By status and media type. */
  readonly responses?: Readonly<Record<string, Readonly<Record<string, Held>>>>;
  /** Header fields of responses, by status. */
  readonly fields?: Readonly<Record<string, Held>>;
}
