import type { Duration } from "./units.js";

/** How the user must have signed in for an operation (RFC 9470). A caller that did otherwise is sent to do so. */
export interface StepUp {
  /** One of these must be the token's `acr`. */
  readonly acr?: readonly string[];
  /** The longest time since the user was asked (`auth_time`). */
  readonly maxAge?: Duration;
}
