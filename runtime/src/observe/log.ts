/** A logger of pino's shape: facts first, then words. A logger of pino's is one. */
export interface Log {
  readonly debug: (facts: object, message?: string) => void;
  readonly info: (facts: object, message?: string) => void;
  readonly warn: (facts: object, message?: string) => void;
  readonly error: (facts: object, message?: string) => void;
  /** A logger that says these facts with every line. Without it they are put to the facts of each. */
  readonly child?: (facts: object) => Log;
}
