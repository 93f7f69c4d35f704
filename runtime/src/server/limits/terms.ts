import { sfBytes, sfString } from "../../http/headers.js";
import { memberOf, tokensOf, valueAt } from "../../http/pointer.js";
import { type ApiPolicy, type Limit, toMilliseconds } from "../../policy/index.js";
import type { Known } from "./subject.js";

/** How much a caller may use, and how it is told so. */
export interface Terms {
  readonly limit: number;
  readonly burst: number;
  /** An item of `RateLimit-Policy` (draft-ietf-httpapi-ratelimit-headers). */
  readonly policy: string;
}

/** The terms of a limit, and how those of a caller are found; `undefined` where they are the same for everybody. */
export interface TermsOf {
  readonly own: Terms;
  readonly of: ((call: Known) => Terms) | undefined;
}

/** Finds the terms of a caller: of its plan, or the limit's own. */
export function compileTerms(limit: Limit, operation: string, api: ApiPolicy): TermsOf {
  const partition = partitionOf(limit, operation);
  const own = termsOf(limit, limit.limit, limit.burst, partition);
  const { tiers } = limit;
  if (tiers === undefined) return { own, of: undefined };
  const byPlan = new Map(
    Object.entries(tiers.of).map(([plan, tier]) => [
      plan,
      termsOf(limit, tier.limit, tier.burst ?? tier.limit, partition),
    ]),
  );
  const planOf = compilePlan(tiers.by, api);
  return { own, of: (call) => byPlan.get(planOf(call) ?? "") ?? own };
}

function termsOf({ name, window, unit }: Limit, limit: number, burst: number, partition: string): Terms {
  const seconds = Math.max(1, Math.ceil(toMilliseconds(window) / 1_000));
  const span = unit === "concurrent-requests" ? "" : `;w=${seconds}`;
  const units = unit === undefined ? "" : `;qu=${sfString(unit)}`;
  return { limit, burst, policy: `${sfString(name)};q=${limit}${span}${units}${partition}` };
}

/**
 * The partition key, where the description itself says it: all callers share the quota then. A partition of a caller, of an address or of
 * what a request holds is not told: its digest would be one that a list of names or addresses undoes.
 */
function partitionOf({ key }: Limit, operation: string): string {
  if (!key.every((part) => part === "operation" || part.startsWith("const:"))) return "";
  const parts = key.map((part) => encodeURIComponent(part === "operation" ? operation : part.slice("const:".length)));
  return `;pk=${sfBytes(parts.join("|"))}`;
}

/** Claims come from a credential that was verified, so nobody chooses a plan of their own (R42). */
function compilePlan(
  by: `claim:${string}` | "principal.plan",
  { schemes }: ApiPolicy,
): (call: Known) => string | undefined {
  if (by !== "principal.plan") return ({ principal }) => textAt(principal?.claims, by.slice("claim:".length));
  return ({ principal }) => {
    const scheme =
      principal !== undefined && Object.hasOwn(schemes, principal.scheme) ? schemes[principal.scheme] : undefined;
    const claim = scheme?.kind === "token" ? scheme.principal.plan : undefined;
    return claim === undefined ? undefined : textAt(principal?.claims, claim);
  };
}

/** By a name; or, with a slash in front, by a pointer. */
function textAt(claims: unknown, place: string): string | undefined {
  const value = place.startsWith("/") ? valueAt(claims, tokensOf(place)) : memberOf(claims, place);
  return typeof value === "string" || typeof value === "number" ? String(value) : undefined;
}
