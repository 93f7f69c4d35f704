/** A problem details object (RFC 9457, 3). */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail?: string;
  readonly instance?: string;
  /** What is wrong with the input, one entry a fault, each with a JSON pointer into the part that holds it. */
  readonly errors?: readonly ProblemDetail[];
  readonly [extension: string]: unknown;
}

/** One fault of the input. `pointer` is a URI fragment as in RFC 9457, 3 (`#/amount`) and `in` says which part it points into. */
export interface ProblemDetail {
  readonly detail: string;
  readonly in: "path" | "query" | "header" | "cookie" | "body";
  readonly pointer: string;
}
