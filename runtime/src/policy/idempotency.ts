import type { Duration } from "./units.js";

/** A call may be repeated with the key that it was made with: what it did is not done again, and its answer is given again. */
export interface Idempotency {
  /** The header field that the key comes in (draft-ietf-httpapi-idempotency-key-header). */
  readonly header: string;
  /** Whether a call without a key is refused. */
  readonly required: boolean;
  /** For how long an answer is kept, and a key is not free. */
  readonly ttl: Duration;
  /** Whose key it is: the same text of another's is another key. */
  readonly scope: readonly ("principal" | "operation" | "tenant" | "client")[];
  /** `body`: a key that comes with another input is refused. */
  readonly fingerprint: "body" | "none";
}
