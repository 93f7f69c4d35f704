import type { Duration } from "./units.js";

/** Which pages of other origins may call an operation from a browser (Fetch Standard, 3.3). Methods and headers follow from it. */
export interface Cors {
  /** Serialised origins, compared octet by octet; or `*` alone, for every page. */
  readonly origins: readonly string[];
  /** Whether browsers may send cookies and other credentials of their own along. */
  readonly credentials: boolean;
  /** How long a browser may remember the answer to a preflight. */
  readonly maxAge: Duration;
}

/** Pages of these origins may call from a browser. */
/* @__NO_SIDE_EFFECTS__ */
export function cors(rule: Pick<Cors, "origins"> & Partial<Cors>): Cors {
  return { credentials: false, maxAge: "5s", ...rule };
}
