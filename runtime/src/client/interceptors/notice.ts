import type { ApiPolicy } from "../../policy/index.js";
import type { DeprecationNotice, Incoming, Interceptor, Operation } from "../contract.js";

type Tell = (notice: DeprecationNotice) => void;

const warned = /* @__PURE__ */ new Set<string>();

/** What a process was warned of; who listens is told once a client. */
export function toldBefore(tell: Tell | undefined): Set<string> {
  return tell === undefined ? warned : new Set();
}

/** Tells once an operation that the server deprecates it, from the headers of its answers (RFC 9745, RFC 8594). */
export function notice({ title }: ApiPolicy, tell: Tell | undefined): Interceptor {
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
  const deprecatedAt = structuredDate(headers.deprecation);
  const sunset = httpDate(headers.sunset);
  if (headers.deprecation === undefined && sunset === undefined) return undefined;
  return {
    operation: operation.id,
    ...(deprecatedAt === undefined ? {} : { deprecatedAt }),
    ...(sunset === undefined ? {} : { sunset }),
    links: linksOf(headers.link ?? ""),
  };
}

/** RFC 9651, 3.3.7: `@` and seconds since 1970. */
function structuredDate(value: string | undefined): string | undefined {
  const [, seconds] = /^@(-?\d{1,12})$/.exec(value?.trim() ?? "") ?? [];
  return seconds === undefined ? undefined : new Date(Number(seconds) * 1_000).toISOString();
}

function httpDate(value: string | undefined): string | undefined {
  const time = value === undefined ? Number.NaN : Date.parse(value);
  return Number.isNaN(time) ? undefined : new Date(time).toISOString();
}

/** RFC 8288, 3, as far as notices use it: `<href>; rel="name"`. */
function linksOf(header: string): DeprecationNotice["links"] {
  const links = header.matchAll(/<([!-;=?-~]*)>\s*;\s*rel="?([\w-]+)"?/g);
  return [...links].map(([, href = "", rel = ""]) => ({ rel, href }));
}

/** What happens where the caller does not say: one line, once an operation and process. */
export function warn({ operation, sunset, links }: DeprecationNotice): void {
  const end = sunset === undefined ? "" : `, and ends on ${sunset.slice(0, 10)}`;
  const next = links.find((link) => link.rel === "successor-version")?.href;
  console.warn(`${operation} is deprecated${end}${next === undefined ? "" : `; use ${next}`}`);
}
