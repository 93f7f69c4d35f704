/** A text that stands for no value of its kind: malformed, not merely invalid. */
export class Unreadable extends Error {}

/** A value that its parameter's style cannot carry. `parameter` is the name on the wire. */
export class EncodingError extends Error {
  readonly parameter: string;

  constructor(parameter: string, message: string) {
    super(`${parameter}: ${message}`);
    this.name = "EncodingError";
    this.parameter = parameter;
  }
}
