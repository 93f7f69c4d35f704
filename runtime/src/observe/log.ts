/** A logger of pino's shape: facts first, then words. */
export interface Log {
  readonly debug: (facts: object, message?: string) => void;
  readonly info: (facts: object, message?: string) => void;
  readonly warn: (facts: object, message?: string) => void;
  readonly error: (facts: object, message?: string) => void;
}
