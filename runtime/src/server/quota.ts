import { Refusal } from "../problem/refusal.js";
import type { Count } from "./states.js";

const registry = "https://iana.org/assignments/http-problem-types";

/** A limit has no room left. */
export function quotaExceeded(counts: readonly Count[]): Refusal {
  const violated = counts.filter(({ verdict }) => !verdict.allowed);
  // RFC 9110, 10.2.3: whole seconds, rounded up. Earlier than the last of the limits would be refused again.
  const wait = Math.max(1, ...violated.map(secondsLeft));
  const abnormal = violated.some(({ rate }) => rate.kind === "lockout");
  return new Refusal("rate_limited", {
    status: 429,
    title: "Too many requests",
    headers: ["Retry-After", String(wait), ...quotaHeaders(counts)],
    extensions: {
      type: `${registry}#${abnormal ? "abnormal-usage-detected" : "quota-exceeded"}`,
      "violated-policies": [...new Set(violated.map(({ rate }) => rate.name))],
    },
  });
}

/**
 * `RateLimit-Policy` and `RateLimit` (draft-ietf-httpapi-ratelimit-headers): lists of structured fields. Where a limit asks for the
 * fields of old, they tell of the one that is nearest to its end.
 */
export function quotaHeaders(counts: readonly Count[]): readonly string[] {
  const draft = draftHeaders(counts);
  return counts.some(isLegacy) ? [...draft, ...legacyHeaders(counts.filter(isLegacy))] : draft;
}

function isLegacy({ rate: { headers } }: Count): boolean {
  return headers === "legacy" || headers === "both";
}

function draftHeaders(counts: readonly Count[]): readonly string[] {
  let policies = "";
  let states = "";
  for (const count of counts) {
    const { label, kind, headers } = count.rate;
    if (headers !== "draft" && headers !== "both") continue;
    const comma = policies === "" ? "" : ", ";
    policies += `${comma}${count.policy}`;
    // Nobody can say when somebody else's call will end.
    states += `${comma}${label};r=${left(count)}${kind === "slot" ? "" : `;t=${secondsLeft(count)}`}`;
  }
  return policies === "" ? [] : ["RateLimit-Policy", policies, "RateLimit", states];
}

/** `X-RateLimit-*`, of which there is no specification; `Reset` is in seconds from now, as in `Retry-After`. */
function legacyHeaders(counts: readonly Count[]): readonly string[] {
  const [first, ...rest] = counts;
  if (first === undefined) return [];
  const nearest = rest.reduce((one, other) => (left(other) < left(one) ? other : one), first);
  const limit = /;q=(\d+)/.exec(nearest.policy)?.[1] ?? "0";
  return [
    "X-RateLimit-Limit",
    limit,
    "X-RateLimit-Remaining",
    String(left(nearest)),
    "X-RateLimit-Reset",
    String(secondsLeft(nearest)),
  ];
}

function left({ verdict }: Count): number {
  return Math.max(0, Math.floor(verdict.remaining));
}

/** For how long `r` is what there is: until one more is allowed where none is, else until everything is back. */
function secondsLeft({ verdict }: Count): number {
  return Math.max(0, Math.ceil((verdict.allowed ? verdict.reset : verdict.retryAfter) / 1000));
}
