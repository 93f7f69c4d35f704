import { allOf, anyOf, cors, deprecated, limit, owner, role, scheme } from "@sallyport/runtime/policy";
import * as z from "zod";
import { anyToken, type Sample } from "../support/contract.js";
import type { RequestFacts } from "../support/wire.js";

const json = { responses: { 200: { "application/json": z.unknown() } } };
const item = {
  wire: { path: [{ name: "id" }] },
  schemas: { ...json, path: z.strictObject({ id: z.string().max(36) }) },
};
const note = z.strictObject({ text: z.string().max(1000) });
const posted = {
  wire: { body: { media: ["application/json"], required: true } },
  schemas: { ...json, body: { "application/json": note } },
};
const app = "https://app.example.com";

/** One operation for each guard. */
export const samples: Readonly<Record<string, Sample>> = {
  open: { policy: { path: "/open" } },
  mine: { policy: { path: "/mine", access: anyToken } },
  write: {
    policy: { method: "POST", path: "/notes", access: anyOf(allOf(scheme("oidc", "write"))) },
    ...posted,
    handler: ({ body }: { body: unknown }) => ({ status: 200, body }),
  },
  admin: { policy: { method: "DELETE", path: "/admin", access: anyToken, authz: role("admin") } },
  either: { policy: { path: "/either", access: anyOf(allOf(scheme("oidc"), scheme("key"))) } },
  read: {
    ...item,
    policy: { path: "/notes/{id}", access: anyToken, object: owner("Note", { id: "path:id", field: "owner" }) },
  },
  rare: { policy: { path: "/rare", limits: [limit("rare", { limit: 1, window: "1h", key: ["ip"] })] } },
  old: {
    policy: {
      path: "/old",
      lifecycle: deprecated({
        deprecatedAt: "2026-01-01T00:00:00Z",
        successor: "GET /open",
        docs: "https://docs.example/",
      }),
    },
  },
  gone: {
    policy: {
      path: "/gone",
      lifecycle: deprecated({ deprecatedAt: "2020-01-01T00:00:00Z", sunset: "2021-01-01T00:00:00Z" }),
    },
  },
  web: { policy: { path: "/web", access: anyToken, cors: cors({ origins: [app] }) } },
  fails: {
    policy: { path: "/fails" },
    handler: () => {
      throw new Error("handler detail");
    },
  },
  large: { policy: { path: "/large" }, handler: () => ({ status: 200, body: "x".repeat(3_000_000) }) },
};

/** One exchange: what goes in, and what must come out of every host alike. */
export interface Row {
  readonly name: string;
  readonly request: RequestFacts;
  readonly status: number;
  /** A code of the problem document. */
  readonly code?: string;
  /** Lines of a header, by its name in lower case. */
  readonly headers?: Readonly<Record<string, readonly string[] | RegExp>>;
  readonly body?: string;
  /** Hosts where it comes out otherwise, and how: the status that they answer. */
  readonly otherwise?: Readonly<Record<string, number>>;
}

const alice = "Authorization: Bearer alice";
const writer = "Authorization: Bearer alice scope=write";
const typed = "Content-Type: application/json";
const post = (body: string, ...headers: readonly string[]): RequestFacts => ({
  method: "POST",
  target: "/notes",
  headers: [writer, ...headers],
  body,
});
const get = (target: string, ...headers: readonly string[]): RequestFacts => ({ target, headers });

const guards: readonly Row[] = [
  {
    name: "a public operation",
    request: get("/open"),
    status: 200,
    body: '{"ran":"open"}',
    headers: {
      "content-type": ["application/json"],
      "x-content-type-options": ["nosniff"],
      "cache-control": ["no-store"],
    },
  },
  {
    name: "R46 no credential",
    request: get("/mine"),
    status: 401,
    code: "unauthenticated",
    headers: { "www-authenticate": ['Bearer realm="oidc"'] },
  },
  {
    name: "R46 a bad credential",
    request: get("/mine", "Authorization: Bearer bad"),
    status: 401,
    code: "invalid_token",
  },
  {
    name: "R12 a verifier that is down",
    request: get("/mine", "Authorization: Bearer down"),
    status: 503,
    code: "unavailable",
  },
  {
    name: "R12 a verifier that throws",
    request: get("/mine", "Authorization: Bearer throws"),
    status: 500,
    code: "internal",
  },
  {
    name: "R12 a verifier that answers nonsense",
    request: get("/mine", "Authorization: Bearer nonsense"),
    status: 500,
    code: "internal",
  },
  {
    name: "R47 a scope that is missing",
    request: { ...post("{}", typed), headers: [alice, typed] },
    status: 403,
    code: "insufficient_scope",
    headers: { "www-authenticate": /scope="write"/ },
  },
  {
    name: "R28 a role that is missing",
    request: { method: "DELETE", target: "/admin", headers: [alice] },
    status: 403,
    code: "forbidden",
  },
  {
    name: "a role that is held",
    request: { method: "DELETE", target: "/admin", headers: ["Authorization: Bearer alice role=admin"] },
    status: 200,
  },
  { name: "R9 half of an AND", request: get("/either", alice), status: 401 },
  { name: "both of an AND", request: get("/either", alice, "X-Key: alice"), status: 200 },
  { name: "one's own object", request: get("/notes/1", alice), status: 200 },
  { name: "R25 another's object", request: get("/notes/2", alice), status: 404, code: "not_found" },
  { name: "R25 an object that is not there", request: get("/notes/3", alice), status: 404, code: "not_found" },
  {
    name: "a value that is too long",
    request: get(`/notes/${"1".repeat(40)}`, alice),
    status: 422,
    code: "invalid_input",
  },
  {
    name: "R52 a deprecated operation",
    request: get("/old"),
    status: 200,
    headers: {
      deprecation: ["@1767225600"],
      link: ['<https://docs.example/>; rel="deprecation"', '</open>; rel="successor-version"'],
    },
  },
  { name: "R52 one that is gone", request: get("/gone"), status: 410, code: "gone" },
  { name: "R51 a handler that throws", request: get("/fails"), status: 500, code: "internal" },
  { name: "a large answer", request: get("/large"), status: 200, body: JSON.stringify("x".repeat(3_000_000)) },
];

const bodies: readonly Row[] = [
  { name: "a body", request: post('{"text":"a"}', typed), status: 200, body: '{"text":"a"}' },
  {
    name: "a body in chunks",
    request: { ...post('c\r\n{"text":"a"}\r\n0\r\n\r\n', typed, "Transfer-Encoding: chunked") },
    status: 200,
    body: '{"text":"a"}',
  },
  { name: "no body", request: post("", typed, "Content-Length: 0"), status: 400 },
  {
    name: "R26 a key that nobody described",
    request: post('{"text":"a","role":"admin"}', typed),
    status: 422,
    code: "invalid_input",
  },
  {
    name: "R31 a body over the bound",
    request: post(`{"text":"${"a".repeat(2000)}"}`, typed),
    status: 413,
    code: "body_too_large",
  },
  { name: "R34 a key twice", request: post('{"text":"a","text":"b"}', typed), status: 400, code: "bad_request" },
  { name: "R32 a prototype", request: post('{"__proto__":{"text":"a"}}', typed), status: 400, code: "bad_request" },
  { name: "R30 no media type", request: post('{"text":"a"}'), status: 415 },
  { name: "R30 another media type", request: post('{"text":"a"}', "Content-Type: text/plain"), status: 415 },
  { name: "R30 a media type that is none", request: post('{"text":"a"}', "Content-Type: json"), status: 415 },
  {
    name: "R30 garbage behind it",
    request: post('{"text":"a"}', "Content-Type: application/json garbage"),
    status: 415,
  },
  { name: "R30 a tab in it", request: post('{"text":"a"}', "Content-Type: application/json\ta"), status: 415 },
  { name: "R30 another charset", request: post('{"text":"a"}', `${typed};charset=utf-7`), status: 415 },
];

const paths: readonly Row[] = [
  ...["//open", "/open/", "/OPEN", "/%6fpen", "/open;x", "/x/../open", "/x/%2e%2e/open", "/nowhere"].map((target) => ({
    name: `R8 ${target}`,
    request: get(target),
    status: 404,
    // What a web Request is made of has no dot segments any more: the URL Standard resolves them before any code of ours.
    ...(target.includes("..") || target.includes("%2e") ? { otherwise: { fetch: 200, Hono: 200 } } : {}),
  })),
  { name: "R8 a slash in a value", request: get("/notes/1%2F2", alice), status: 404 },
  {
    name: "R13 HEAD is GET without the content",
    request: { method: "HEAD", target: "/open" },
    status: 200,
    body: "",
    headers: { "content-length": ["14"] },
  },
  { name: "R13 HEAD passes the guards of GET", request: { method: "HEAD", target: "/mine" }, status: 401, body: "" },
  {
    name: "R47 a method that is not there",
    request: { method: "PUT", target: "/open", headers: ["Content-Length: 0"] },
    status: 405,
    code: "method_not_allowed",
    headers: { allow: ["GET, HEAD"] },
  },
  {
    name: "R13 TRACE",
    request: { method: "TRACE", target: "/open" },
    status: 405,
  },
  {
    name: "R13 a header that claims another method",
    request: get("/admin", "X-HTTP-Method-Override: DELETE", alice),
    status: 405,
  },
];

const browsers: readonly Row[] = [
  {
    name: "R49 a preflight",
    request: { method: "OPTIONS", target: "/web", headers: [`Origin: ${app}`, "Access-Control-Request-Method: GET"] },
    status: 204,
    headers: { "access-control-allow-origin": [app], vary: ["Origin"] },
  },
  {
    name: "R48 a preflight of a stranger",
    request: {
      method: "OPTIONS",
      target: "/web",
      headers: ["Origin: https://evil.example", "Access-Control-Request-Method: GET"],
    },
    status: 403,
    code: "origin_not_allowed",
  },
  {
    name: "R49 a refusal that a page may read",
    request: get("/web", `Origin: ${app}`),
    status: 401,
    headers: { "access-control-allow-origin": [app] },
  },
];

/** Every row, for every host. */
export const rows: readonly Row[] = [...guards, ...bodies, ...paths, ...browsers];
