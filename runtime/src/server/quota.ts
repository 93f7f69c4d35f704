import { sfString } from "../http/headers.js";
import { toMilliseconds } from "../policy/index.js";
import { Refusal } from "../problem/refusal.js";
import type { Count } from "./states.js";

/** A limit has no room left. */
export function quotaExceeded(counts: readonly Count[]): Refusal {
  const violated = counts.filter(({ verdict }) => !verdict.allowed);
  // RFC 9110, 10.2.3: whole seconds, rounded up. Earlier than the last of the limits would be refused again.
  const wait = Math.max(1, ...violated.map(secondsLeft));
  return new Refusal("rate_limited", {
    status: 429,
    title: "Too many requests",
    headers: ["Retry-After", String(wait), ...quotaHeaders(counts)],
    extensions: {
      type: "https://iana.org/assignments/http-problem-types#quota-exceeded",
      "violated-policies": violated.map(({ limit }) => limit.name),
    },
  });
}

/** `RateLimit-Policy` and `RateLimit` (draft-ietf-httpapi-ratelimit-headers): lists of structured fields. */
export function quotaHeaders(counts: readonly Count[]): readonly string[] {
  if (counts.length === 0) return [];
  const policies = counts.map(
    ({ limit }) =>
      `${sfString(limit.name)};q=${limit.limit};w=${Math.max(1, Math.ceil(toMilliseconds(limit.window) / 1000))}`,
  );
  const states = counts.map(
    (count) =>
      `${sfString(count.limit.name)};r=${Math.max(0, Math.floor(count.verdict.remaining))};t=${secondsLeft(count)}`,
  );
  return ["RateLimit-Policy", policies.join(", "), "RateLimit", states.join(", ")];
}

/** For how long `r` requests is what there is: until one more is allowed where none is, else until the whole burst is back. */
function secondsLeft({ verdict }: Count): number {
  return Math.max(0, Math.ceil((verdict.allowed ? verdict.reset : verdict.retryAfter) / 1000));
}
