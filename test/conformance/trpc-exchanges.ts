import type { RequestFacts } from "../support/wire.js";

/** Where tRPC's transport cannot carry an exchange as HTTP does: what it answers, and why. Nothing runs but where `runs` says so. */
export interface Otherwise {
  /** By host, where they differ. */
  readonly status: number | Readonly<Record<string, number>>;
  readonly why: string;
  readonly runs?: true;
}

const names = "tRPC has names of procedures, and no paths: one that there is not is 404.";
const spelling =
  "tRPC decodes names, and drops a slash at their end; guards hang on the procedure, however it is spelt.";
const methods = "tRPC calls procedures by GET and POST, and refuses the rest by their media type.";
const pages = "Whoever serves the router answers preflights: tRPC refuses them.";
const heads = "tRPC answers HEAD by itself, and asks no procedure.";
const media = "tRPC looks at how the media type begins; what it has read is judged by the schema all the same.";

/** By the name of the row. */
export const otherwise: Readonly<Record<string, Otherwise>> = {
  "R31 a body over the bound": {
    status: 422,
    why: "Octets are bounded by tRPC's maxBodySize; the schema bounds what is in them.",
  },
  "R34 a key twice": {
    status: 200,
    runs: true,
    why: "tRPC parses bodies, and of two keys it takes the last; that one is judged.",
  },
  "R30 another charset": { status: 200, runs: true, why: media },
  "R8 //open": { status: 404, why: names },
  "R8 /open/": { status: 200, runs: true, why: spelling },
  "R8 /OPEN": { status: 404, why: names },
  "R8 /%6fpen": { status: 200, runs: true, why: spelling },
  "R8 /open;x": { status: 404, why: names },
  "R8 /x/../open": { status: 404, why: names },
  "R8 /x/%2e%2e/open": { status: 404, why: names },
  "R8 /nowhere": { status: 404, why: names },
  "R13 HEAD is GET without the content": { status: 204, why: heads },
  "R13 HEAD passes the guards of GET": { status: 204, why: heads },
  "R47 a method that is not there": { status: 415, why: methods },
  "R13 TRACE": {
    status: { standalone: 500, fetch: 415 },
    why: "No web Request has this method; no procedure is asked.",
  },
  "R49 a preflight": { status: 415, why: pages },
  "R48 a preflight of a stranger": { status: 415, why: pages },
};

/** Header fields that tRPC does not carry: one response may hold the answers of many calls. */
export const carried: ReadonlySet<string> = new Set([
  "www-authenticate",
  "retry-after",
  "cache-control",
  "x-content-type-options",
]);

const mutations: ReadonlySet<string> = new Set(["write", "admin"]);

/** The same exchange as a call of a procedure: its input in the query or the body, its credentials where they were. */
export function asCall({ method = "GET", target = "/", headers = [], body = "" }: RequestFacts): RequestFacts {
  const operation = operationOf(method, target);
  const [, id] = /^\/notes\/(.+)$/.exec(target) ?? [];
  const query = id === undefined ? "" : `?input=${encodeURIComponent(JSON.stringify({ id: decodeURIComponent(id) }))}`;
  const called = { target: `/shop.${operation}${query}`, headers };
  if (!mutations.has(operation) || method === "GET") return { ...called, method };
  if (operation === "admin")
    return { ...called, method: "POST", headers: [...headers, "Content-Type: application/json"] };
  return { ...called, method: "POST", body: inputOf(String(body)) };
}

function operationOf(method: string, target: string): string {
  if (target === "/notes" && method === "POST") return "write";
  return /^\/notes\/./.test(target) ? "read" : target.slice(1);
}

/** `body` is a key of the input. What came in chunks goes in chunks. */
function inputOf(body: string): string {
  if (body === "") return "{}";
  const [, chunk] = /^[0-9a-f]+\r\n(.*)\r\n0\r\n\r\n$/.exec(body) ?? [];
  const input = `{"body":${chunk ?? body}}`;
  return chunk === undefined ? input : `${input.length.toString(16)}\r\n${input}\r\n0\r\n\r\n`;
}
