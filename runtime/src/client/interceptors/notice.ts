import type { ApiPolicy } from "../../policy/index.js";
import { at } from "../chain.js";
import type { CallerOptions, ClientOptions, DeprecationNotice, Incoming, Interceptor, Operation } from "../contract.js";
import { linksOf } from "../links.js";

type Tell = (notice: DeprecationNotice) => void;

const warned = /* @__PURE__ */ new Set<string>();

/** What a process was warned of; who listens is told once a client. */
export function toldBefore(tell: Tell | undefined): Set<string> {
  return tell === undefined ? warned : new Set();
}

/**
 * Options of a client that is told what the server deprecates. Generated `createClient` asks for it; what is made by `createCaller` has it
 * where code asks for it.
 */
export function noticing<Auth extends object>(
  api: ApiPolicy,
  { onDeprecation, ...options }: ClientOptions<Auth>,
): CallerOptions<Auth> {
  // Outermost of those next to the network: told of every answer, however often the call is repeated.
  return { ...options, interceptors: [at("wire", notice(api, onDeprecation)), ...(options.interceptors ?? [])] };
}

/** Tells once an operation that the server deprecates it, from the headers of its answers (RFC 9745, RFC 8594). */
function notice({ title }: ApiPolicy, tell: Tell | undefined): Interceptor {
  const told = toldBefore(tell);
  return (next) => async (call) => {
    const incoming = await next(call);
    const key = `${title} ${call.operation.id}`;
    const found = told.has(key) ? undefined : noticeOf(call.operation, incoming);
    if (found !== undefined) {
      told.add(key);
      (tell ?? warn)(found);
    }
    return incoming;
  };
}

function noticeOf(operation: Operation, { headers }: Incoming): DeprecationNotice | undefined {
  // RFC 9651, 3.3.7: `@` and seconds since 1970.
  const seconds = /^\s*@(-?\d{1,12})\s*$/.exec(headers.deprecation ?? "")?.[1];
  const deprecatedAt = isoOf(Number(seconds) * 1_000);
  const sunset = isoOf(Date.parse(headers.sunset ?? ""));
  if (headers.deprecation === undefined && sunset === undefined) return undefined;
  return {
    operation: operation.id,
    ...(deprecatedAt === undefined ? {} : { deprecatedAt }),
    ...(sunset === undefined ? {} : { sunset }),
    links: linksOf(headers.link ?? ""),
  };
}

function isoOf(time: number): string | undefined {
  return Number.isNaN(time) ? undefined : new Date(time).toISOString();
}

/** What happens where the caller does not say: one line, once an operation and process. */
export function warn({ operation, sunset, links }: DeprecationNotice): void {
  const end = sunset === undefined ? "" : `, and ends on ${sunset.slice(0, 10)}`;
  const next = links.find((link) => link.rel === "successor-version")?.href;
  console.warn(`${operation} is deprecated${end}${next === undefined ? "" : `; use ${next}`}`);
}
