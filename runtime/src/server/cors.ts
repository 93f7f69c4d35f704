import type { Exchange } from "../http/exchange.js";
import {
  type ApiKeyScheme,
  type Cors,
  csrfHeader,
  defaultCookie,
  requestedWith,
  toMilliseconds,
} from "../policy/index.js";
import { Refusal } from "../problem/refusal.js";
import type { Blueprint, Ground } from "./blueprint.js";
import { schemesOf } from "./needs.js";

/** What an operation says to browsers that call it from pages of other origins. Headers are flat. */
export interface CrossOrigin {
  /** On every response of the operation, refusals included: without them a page could not read why it was refused. */
  readonly headers: (exchange: Exchange) => readonly string[];
  /** The answer to a preflight. It runs no guard and no handler: a preflight carries no credential and does nothing (R49). */
  readonly preflight: (exchange: Exchange) => readonly string[] | Refusal;
}

// A cache that kept the answer for one origin must not give it to another, nor to one that sent none.
const vary: readonly string[] = ["Vary", "Origin"];

/** Compiles the CORS policy of an operation; `undefined` where it has none. */
export function compileCors(operation: Blueprint, ground: Ground): CrossOrigin | undefined {
  const { cors, method } = operation.policy;
  if (cors === undefined) return undefined;
  const shared = cors.credentials ? ["Access-Control-Allow-Credentials", "true"] : [];
  const exposed = [...shared, "Access-Control-Expose-Headers", responseFields(operation, ground).join(", ")];
  const asked = [
    ...shared,
    "Access-Control-Allow-Methods",
    method,
    "Access-Control-Allow-Headers",
    requestFields(operation, ground).join(", "),
    "Access-Control-Max-Age",
    String(Math.floor(toMilliseconds(cors.maxAge) / 1000)),
  ];
  return {
    headers: (exchange) => {
      const origin = allowedOrigin(cors, exchange);
      return origin === undefined ? vary : [...vary, "Access-Control-Allow-Origin", origin, ...exposed];
    },
    preflight: (exchange) => {
      const origin = allowedOrigin(cors, exchange);
      return origin === undefined ? notCrossOrigin() : [...vary, "Access-Control-Allow-Origin", origin, ...asked];
    },
  };
}

/** Whether a request asks if another may be made (Fetch Standard, 3.3.5): which method that one would have. */
export function preflighted({ method, headers }: Exchange): string | undefined {
  if (method !== "OPTIONS" || headers.all("origin").length === 0) return undefined;
  const [asked, ...more] = headers.all("access-control-request-method");
  return more.length === 0 ? asked : undefined;
}

/** Octet by octet (RFC 6454, 5): a prefix, a suffix or another case is another origin, and `null` is everybody's. */
function allowedOrigin({ origins }: Cors, { headers }: Exchange): string | undefined {
  const [origin, ...more] = headers.all("origin");
  if (origin === undefined || more.length > 0) return undefined;
  if (origins[0] === "*") return "*";
  return origins.includes(origin) ? origin : undefined;
}

/** The answer to a preflight for what this page may not do. */
export function notCrossOrigin(): Refusal {
  const title = "Pages of this origin may not do this";
  return new Refusal("origin_not_allowed", { status: 403, title, headers: vary });
}

function schemesFor({ access }: Blueprint["policy"], { schemes }: Ground["api"]) {
  return access.kind === "public" ? [] : schemesOf(access.anyOf).map((name) => schemes[name]);
}

/** The header fields that a caller of this operation sends, beyond those that need no asking. */
function requestFields({ policy, wire }: Blueprint, { api }: Ground): readonly string[] {
  const credentials = schemesFor(policy, api).flatMap((scheme) => {
    if (scheme === undefined || scheme.kind === "certificate") return [];
    if (scheme.kind === "apiKey") return scheme.in === "cookie" ? csrfFields(scheme) : [scheme.name];
    return scheme.kind === "token" && scheme.binding === "dpop" ? ["Authorization", "DPoP"] : ["Authorization"];
  });
  const content = wire.body === undefined ? [] : ["Content-Type"];
  return unique([
    ...credentials,
    ...content,
    ...(wire.header ?? []).map(({ name }) => name),
    ...(policy.idempotency === undefined ? [] : [policy.idempotency.header]),
    ...(api.versioning?.strategy === "header" ? [api.versioning.name ?? ""] : []),
    "traceparent",
    "tracestate",
  ]);
}

/** What a page must set beside a cookie that the browser sends by itself (R50). */
function csrfFields({ cookie = defaultCookie }: ApiKeyScheme): readonly string[] {
  return { origin: [], header: [requestedWith], doubleSubmit: [csrfHeader] }[cookie.csrf];
}

const legacyFields = ["X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset"];

/** The header fields that a page may read: what this server sends beyond the safelisted ones. */
function responseFields({ policy }: Blueprint, { api }: Ground): readonly string[] {
  // RFC 9449, 8.2: a page that cannot read the nonce cannot make the next proof.
  const nonces = schemesFor(policy, api).some(
    (scheme) => scheme?.kind === "token" && scheme.dpop?.nonce === "required",
  );
  return unique([
    "X-Request-Id",
    "Retry-After",
    ...(policy.access.kind === "public" ? [] : ["WWW-Authenticate"]),
    ...(nonces ? ["DPoP-Nonce"] : []),
    ...(policy.limits === undefined && policy.concurrency === undefined ? [] : ["RateLimit", "RateLimit-Policy"]),
    ...(policy.limits?.some(({ headers }) => headers === "legacy" || headers === "both") === true ? legacyFields : []),
    ...(policy.lifecycle === undefined && !endsIn(api) ? [] : ["Deprecation", "Sunset", "Link", "Link-Template"]),
  ]);
}

function endsIn({ versioning }: Ground["api"]): boolean {
  return versioning?.supported.some(({ deprecatedAt }) => deprecatedAt !== undefined) === true;
}

function unique(names: readonly string[]): readonly string[] {
  const seen = new Map(names.map((name) => [name.toLowerCase(), name]));
  return [...seen.values()].sort((a, b) => (a.toLowerCase() < b.toLowerCase() ? -1 : 1));
}
