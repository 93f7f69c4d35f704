import { createHash, timingSafeEqual } from "node:crypto";
import { readCookie } from "../../credentials/cookie.js";
import type { Exchange } from "../../http/exchange.js";
import { originOf } from "../../http/origin.js";
import {
  type CookieRules,
  csrfCookie,
  csrfHeader,
  defaultCookie,
  requestedWith,
  type SchemePolicy,
} from "../../policy/index.js";
import { forbidden } from "../../problem/refusals.js";
import type { Blueprint } from "../blueprint.js";
import type { Guard } from "../guard.js";
import { schemesOf } from "../needs.js";
import type { Identified } from "../states.js";

// RFC 9110, 9.2.1, and RFC 10008: what reads only may be asked for by anybody's page; it cannot read the answer.
const safe = new Set(["GET", "HEAD", "OPTIONS", "QUERY"]);

/**
 * Whether a browser that sends its user's credential by itself does so for our page and not for another's (R50). Only credentials that
 * browsers send unasked are in question: cookies, HTTP basic, certificates. Where a header that a page must set came as well, it is ours.
 */
export const csrf: Guard<Identified, Identified> = {
  name: "csrf",
  compile: ({ policy }, ground) => {
    const { access, method } = policy;
    if (access.kind === "public" || safe.has(method)) return undefined;
    const checks = new Map(schemesOf(access.anyOf).map((name) => [name, checkOf(ground.api.schemes[name])] as const));
    if ([...checks.values()].every((check) => check === undefined)) return undefined;
    const trusted = trustedOrigins(policy);
    return (call) => {
      const used = (call.clause?.allOf ?? []).map(({ scheme }) => checks.get(scheme));
      if (used.some((check) => check === undefined)) return call;
      const origins = { own: originOf(call.exchange, ground.origin), trusted };
      const fault = used.map((check) => check?.(call.exchange, origins)).find((one) => one !== undefined);
      return fault === undefined ? call : forbidden(`csrf: ${fault}`);
    };
  },
};

interface Origins {
  readonly own: string | undefined;
  readonly trusted: readonly string[];
}

/** What is wrong with a request; `undefined` where it is our page's. */
type Check = (exchange: Exchange, origins: Origins) => string | undefined;

/** `undefined` for credentials that a browser does not send by itself. */
function checkOf(scheme: SchemePolicy | undefined): Check | undefined {
  // What browsers send by themselves: Basic, Digest, Negotiate, certificates.
  if (scheme?.kind === "basic" || scheme?.kind === "http" || scheme?.kind === "certificate") return notForeign;
  if (scheme?.kind !== "apiKey" || scheme.in !== "cookie") return undefined;
  return checks[(scheme.cookie ?? defaultCookie).csrf];
}

const checks: Readonly<Record<CookieRules["csrf"], Check>> = {
  origin: (exchange, origins) =>
    isOurs(exchange, origins) ? undefined : "the request does not say that our page made it",
  // Fetch, 4.8: a page of another origin may set a header of its own only after a preflight, which CORS answers.
  header: ({ headers }) =>
    headers.all(requestedWith.toLowerCase()).some((line) => line !== "") ? undefined : `${requestedWith} is missing`,
  doubleSubmit: (exchange) => {
    const [cookie, ...cookies] = readCookie(exchange, csrfCookie);
    const [header, ...others] = exchange.headers.all(csrfHeader.toLowerCase());
    if (cookie === undefined || header === undefined || cookies.length + others.length > 0)
      return `${csrfCookie} or ${csrfHeader} is missing, or repeated`;
    // 128 bits in base64url: less could be guessed.
    return cookie.length >= 22 && isSame(cookie, header)
      ? undefined
      : `${csrfHeader} is another value than ${csrfCookie}`;
  },
};

/** Fetch, 3.2: every request that changes something has an `Origin`; where one is absent, `Sec-Fetch-Site` must say what it was. */
function isOurs({ headers }: Exchange, { own, trusted }: Origins): boolean {
  const [origin, ...more] = headers.all("origin");
  if (more.length > 0) return false;
  if (origin !== undefined) return origin === own || trusted.includes(origin);
  const site = headers.all("sec-fetch-site");
  return site.length === 1 && site[0] === "same-origin";
}

/** Programs send neither; a browser that sends one of them says whose page it was. */
const notForeign: Check = (exchange, origins) => {
  const { headers } = exchange;
  const silent = headers.all("origin").length === 0 && headers.all("sec-fetch-site").length === 0;
  return silent || isOurs(exchange, origins) ? undefined : "a page of another origin made the request";
};

/** Pages that may call with credentials (CORS) have been let in by the spec. `*` is not for credentials. */
function trustedOrigins({ cors }: Blueprint["policy"]): readonly string[] {
  return cors?.credentials === true ? cors.origins : [];
}

function isSame(one: string, other: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(one), digest(other));
}
