const shown = "[secret]";

/**
 * A value that nobody prints by mistake: in logs, errors, JSON, templates and `util.inspect` it is `[secret]`, and a structured clone
 * of it is empty. `reveal()` is the one way to the value; a search for it finds every place that uses a secret.
 *
 * What it holds may change while the process runs: whoever keeps a `Secret`, and reveals it at each use, follows a rotation.
 */
export class Secret {
  // A private field: no enumeration, no `structuredClone`, no v8.serialize and no debugger's copy takes it along.
  readonly #read: () => string;

  /** @param value the text, or what answers the one that holds now. */
  constructor(value: string | (() => string)) {
    this.#read = typeof value === "function" ? value : () => value;
  }

  /** The value itself. What this is passed to must not keep it longer than it needs. */
  reveal(): string {
    return this.#read();
  }

  /** `[secret]`. */
  toString(): string {
    return shown;
  }

  /** `[secret]`, for JSON and for loggers. */
  toJSON(): string {
    return shown;
  }

  /** `[secret]`: what templates and additions make of it. */
  [Symbol.toPrimitive](): string {
    return shown;
  }

  /** `[secret]`: what the inspection of Node, Deno and Bun, and so `console.log`, make of it. */
  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return shown;
  }
}
