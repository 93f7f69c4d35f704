import fc from "fast-check";
import { type Body, bodiesOf, nobody } from "./contents.js";
import { type Find, mutated, valuesOf, type Written } from "./values.js";
import { pair, segment, textOf } from "./wording.js";

/** What a spec has, as far as requests are made from it. */
export interface Spec {
  readonly paths: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Written>> };
}

export interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly style?: string;
  readonly schema?: Written;
  readonly content?: Readonly<Record<string, { readonly schema: Written }>>;
}

export interface Operation {
  readonly operationId?: string;
  readonly parameters?: readonly Parameter[];
  readonly security?: readonly object[];
  readonly requestBody?: {
    readonly content: Readonly<Record<string, { readonly schema?: Written; readonly itemSchema?: Written }>>;
  };
}

/**
 * Requests to the operations of a spec, octet for octet: many as a caller who has read it would send them, most with something wrong in a
 * value, a header field, the encoding of the body, or the framing.
 */
export function requestsTo(spec: Spec, basePath: string): fc.Arbitrary<Buffer> {
  const find: Find = (reference) => spec.components.schemas[reference.split("/").at(-1) ?? ""] ?? {};
  const all = Object.entries(spec.paths).flatMap(([path, item]) => {
    const { parameters: shared = [], ...operations } = item as Record<string, Operation> & {
      readonly parameters?: readonly Parameter[];
    };
    return Object.entries(operations).map(([method, { parameters = [], ...rest }]) =>
      requestTo(method.toUpperCase(), basePath + path, { ...rest, parameters: [...shared, ...parameters] }, find),
    );
  });
  return fc.oneof(...all);
}

function requestTo(
  method: string,
  path: string,
  { parameters = [], requestBody, security }: Operation,
  find: Find,
): fc.Arbitrary<Buffer> {
  const some = (place: string, all = false) => {
    const fields = parameters.filter((one) => one.in === place);
    const values = fields.map(({ name, schema, content }) => {
      const one = valuesOf(schema ?? Object.values(content ?? {})[0]?.schema ?? {}, find);
      return [name, often(one, mutated(one))] as const;
    });
    return fc.record(Object.fromEntries(values), { requiredKeys: all ? fields.map(({ name }) => name) : [] });
  };
  const bodies = Object.entries(requestBody?.content ?? {}).map(([media, { schema, itemSchema }]) =>
    bodiesOf(media, schema ?? itemSchema ?? {}, find),
  );
  const facts = fc.record({
    method: often(fc.constant(method), strangeMethod),
    segments: some("path", true),
    query: some("query"),
    headers: some("header"),
    cookies: some("cookie"),
    credential: security === undefined ? fc.constant("") : often(fc.constant("X-Key: good"), fc.constant("")),
    strange: fc.oneof(fc.constant([]), fc.array(strangeHeader, { maxLength: 2 })),
    noise: often(fc.constant(""), fc.webQueryParameters()),
    body: bodies.length === 0 ? fc.constant(nobody) : often(fc.oneof(...bodies), fc.constant(nobody)),
    framing: often<Framing>(fc.constant("length"), fc.constantFrom("chunked", "short", "long", "none")),
  });
  return facts.map((one) => written(path, parameters, one));
}

/** Nine times of ten the first. */
function often<T>(usual: fc.Arbitrary<T>, other: fc.Arbitrary<T>): fc.Arbitrary<T> {
  return fc.oneof({ weight: 9, arbitrary: usual }, { weight: 1, arbitrary: other });
}

type Framing = "length" | "chunked" | "short" | "long" | "none";

const strangeMethod = fc.constantFrom("GET", "HEAD", "POST", "TRACE", "QUERY", "OPTIONS", "M-SEARCH", "DELETE");
const strangeHeader = fc.constantFrom(
  "X-Key: good",
  "X-Key: bad\r\nX-Key: good",
  "Authorization: Basic YTpi",
  "Accept: text/html, application/json;q=0",
  "Accept: ;;;,,q=",
  "Accept-Encoding: \u00ff",
  "Content-Encoding: gzip",
  "Content-Encoding: br, br, br",
  "Content-Encoding: deflate",
  "Expect: 100-continue",
  "Expect: tea",
  "Origin: null",
  "Origin: https://evil.example",
  "Access-Control-Request-Method: PUT",
  "Range: bytes=0-,1-,2-",
  "X-Forwarded-For: 127.0.0.1, ::1, garbage",
  'Forwarded: for="[::1";by=x',
  "X-HTTP-Method-Override: DELETE",
  "Idempotency-Key: a",
  "Last-Event-ID: -1",
  "traceparent: 00-ffffffffffffffffffffffffffffffff-ffffffffffffffff-ff",
  "Cookie: seen=1; seen=2; =; ;;",
  `Cookie: ${"a=b; ".repeat(200)}`,
  "Upgrade: websocket\r\nConnection: Upgrade",
  "TE: trailers",
  "Host: evil.example",
  `X-Long: ${"x".repeat(20_000)}`,
);

interface Facts {
  readonly method: string;
  readonly segments: object;
  readonly query: object;
  readonly headers: object;
  readonly cookies: object;
  readonly credential: string;
  readonly strange: readonly string[];
  readonly noise: string;
  readonly body: Body;
  readonly framing: Framing;
}

function written(path: string, parameters: readonly Parameter[], facts: Facts): Buffer {
  const { method, segments, query, headers, cookies, credential, strange, noise, body, framing } = facts;
  const styles = new Map(parameters.map(({ name, style = "" }) => [name, style]));
  const target = Object.entries(segments).reduce(
    (text, [name, value]) => text.replace(`{${name}}`, () => segment(value, styles.get(name))),
    path,
  );
  const pairs = Object.entries(query).map(([name, value]) => pair(name, value, styles.get(name)));
  const search = [...pairs, noise].filter((one) => one !== "").join("&");
  const crumbs = Object.entries(cookies).map(([name, value]) => `${name}=${encodeURIComponent(clean(value))}`);
  const head = [
    `${method} ${target}${search === "" ? "" : `?${search}`} HTTP/1.1`,
    "Host: api.example",
    ...Object.entries(headers).map(([name, value]) => `${name}: ${clean(value)}`),
    ...(crumbs.length > 0 ? [`Cookie: ${crumbs.join("; ")}`] : []),
    ...(body.type === undefined ? [] : [`Content-Type: ${body.type}`]),
    ...framed(framing, body.octets.length),
    ...(credential === "" ? [] : [credential]),
    ...strange,
    "Connection: close",
  ];
  const content = framing === "chunked" ? chunked(body.octets) : body.octets;
  return Buffer.concat([Buffer.from(`${head.join("\r\n")}\r\n\r\n`, "utf8"), content]);
}

function clean(value: unknown): string {
  return textOf(value).replace(/[\r\n\0]|\p{Surrogate}/gu, " ");
}

function framed(framing: Framing, length: number): readonly string[] {
  if (framing === "chunked") return ["Transfer-Encoding: chunked"];
  if (framing === "none" || length === 0) return [];
  const said = { length, short: Math.max(0, length - 3), long: length + 7 };
  return [`Content-Length: ${said[framing]}`];
}

function chunked(octets: Buffer): Buffer {
  const half = octets.length >> 1;
  const pieces = [octets.subarray(0, half), octets.subarray(half)].filter((one) => one.length > 0);
  const framedPieces = pieces.flatMap((one) => [
    Buffer.from(`${one.length.toString(16)}\r\n`),
    one,
    Buffer.from("\r\n"),
  ]);
  return Buffer.concat([...framedPieces, Buffer.from("0\r\n\r\n")]);
}
