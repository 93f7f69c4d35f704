import type { Field, Wire } from "@sallyport/runtime/policy";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parameterFaults } from "../../generator/rules/parameters.js";
import {
  decodeCookie,
  decodeHeader,
  decodePath,
  decodeQuery,
  EncodingError,
  encodeCookies,
  encodeHeaders,
  encodePath,
  encodeQuery,
} from "../../runtime/src/http/fields.js";
import { Router } from "../../runtime/src/server/router.js";
import { list, object, type Sample, scalar, shut, types } from "../support/samples.js";
import { wiresOf } from "../support/wires.js";
import { specOf } from "../unit/generator/view/spec.js";

type Place = "path" | "query" | "header" | "cookie";
const places: readonly Place[] = ["path", "query", "header", "cookie"];

/** A parameter as a spec declares it, and values for it. */
interface Declared {
  readonly node: Readonly<Record<string, unknown>> & { readonly name: string; readonly in: Place };
  readonly values: fc.Arbitrary<unknown>;
}

/** An operation, which is nothing but its parameters. */
interface Operation {
  readonly path: string;
  readonly parameters: readonly Declared[];
}

const styles = {
  path: ["simple", "label", "matrix"],
  query: ["form", "spaceDelimited", "pipeDelimited", "deepObject"],
  header: ["simple"],
  cookie: ["form", "cookie"],
} as const;

const token = fc.stringMatching(/^[A-Za-z][A-Za-z0-9_.!#$&'*+^`|~-]{0,6}$/);
const known = fc.constantFrom("constructor", "toString", "then", "id", "a", "b", "length", "hasOwnProperty");
/** Names as they may stand in a place: anything at all in a query, a token in headers and cookies (RFC 9110, 5.1; RFC 6265, 4.1.1). */
const names: Readonly<Record<Place, fc.Arbitrary<string>>> = {
  path: fc.oneof(known, fc.stringMatching(/^[A-Za-z0-9_.\- é;=,]{1,6}$/)),
  query: fc.oneof(
    known,
    token,
    fc.constantFrom("a[b]", "a[]", "a[0]", "a b", "a&b=c", "é", "😀", "%41", "a+b", "[", "a[b][c]", "*"),
    fc.string({ unit: "grapheme", minLength: 1, maxLength: 5 }),
  ),
  header: fc.oneof(known, token),
  cookie: fc.oneof(known, token),
};

const maybe = <T>(key: string, of: fc.Arbitrary<T>) =>
  fc.option(of, { nil: undefined }).map((value) => (value === undefined ? {} : { [key]: value }));

function written(place: Place): fc.Arbitrary<Omit<Declared, "node"> & { readonly node: object }> {
  const styled = fc
    .tuple(
      fc.oneof(...Object.values(types)),
      maybe("style", fc.constantFrom(...styles[place])),
      maybe("explode", fc.boolean()),
      maybe("allowReserved", fc.boolean()),
      place === "query" ? maybe("allowEmptyValue", fc.boolean()) : fc.constant({}),
    )
    .map(([sample, ...said]) => nodeOf(sample, (schema) => Object.assign({ schema }, ...said)));
  const content = (type: string, of: fc.Arbitrary<Sample>) =>
    of.map((sample) => nodeOf(sample, (schema) => ({ content: { [type]: { schema } } })));
  return fc.oneof(
    { weight: 6, arbitrary: styled },
    { weight: 1, arbitrary: content("application/json", fc.oneof(...Object.values(types))) },
    {
      weight: 1,
      arbitrary: content("application/x-www-form-urlencoded", object(fc.oneof(scalar, list(scalar))).map(shut)),
    },
  );
}

function nodeOf({ schema, values }: Sample, node: (schema: object) => object) {
  return { node: node(schema), values };
}

function declared(place: Place): fc.Arbitrary<Declared> {
  const required = place === "path" ? fc.constant({ required: true }) : maybe("required", fc.boolean());
  return fc
    .tuple(names[place], written(place), required)
    .map(([name, { node, values }, said]) => ({ node: { name, in: place, ...node, ...said }, values }));
}

const several = (place: Place, max: number) =>
  fc.uniqueArray(declared(place), { maxLength: max, selector: ({ node }) => node.name.toLowerCase() });

/** Path variables stand alone in a segment, or several in one with something between them. */
const operation: fc.Arbitrary<Operation> = fc
  .tuple(
    several("path", 3),
    fc.array(fc.constantFrom("/", "/", "/x/", ".", "-", "...", ",", ";", ":", "=", "%20", "ab", ""), {
      minLength: 3,
      maxLength: 3,
    }),
    several("query", 4),
    several("header", 2),
    several("cookie", 2),
  )
  .map(([path, between, ...others]) => ({
    path: path.map(({ node }, at) => `${between[at]}{${node.name}}`).join(""),
    parameters: [...path, ...others.flat()],
  }));

/** What a client would send: the parts of a request. */
interface Sent {
  readonly path: string;
  readonly query: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly cookie: string;
}

function send(template: string, wire: Wire, input: Readonly<Record<string, unknown>>): Sent {
  return {
    path: encodePath(template, wire.path ?? [], input),
    query: encodeQuery(wire.query ?? [], input),
    headers: encodeHeaders(wire.header ?? [], input),
    cookie: encodeCookies(wire.cookie ?? [], input)
      .map(([name, text]) => `${name}=${text}`)
      .join("; "),
  };
}

type Values = Readonly<Record<string, unknown>>;

function receive(
  template: string,
  wire: Wire,
  { path, query, headers, cookie }: Sent,
): Readonly<Record<Place, Values>> {
  const router = new Router<true>();
  router.add("GET", template, true);
  const found = router.find(path);
  const names = found?.methods.get("GET")?.names ?? [];
  const raw = Object.fromEntries(names.map((name, at) => [name, found?.captured[at] ?? ""]));
  if (found === undefined) throw new Error(`${path} is not found by ${template}`);
  const lines = new Map(Object.entries(headers).map(([name, text]) => [name.toLowerCase(), [text]]));
  if (cookie !== "") lines.set("cookie", [cookie]);
  const received = { all: (name: string) => lines.get(name) ?? [] };
  return {
    path: judged(decodePath(wire.path ?? [], raw)),
    query: judged(decodeQuery(wire.query ?? [], query)),
    header: judged(decodeHeader(wire.header ?? [], received)),
    cookie: judged(decodeCookie(wire.cookie ?? [], received)),
  };
}

function judged(decoded: ReturnType<typeof decodeQuery>): Values {
  if ("faults" in decoded) throw new Error(JSON.stringify(decoded.faults));
  return decoded.value;
}

const plain = (value: unknown): unknown => (value === undefined ? undefined : JSON.parse(JSON.stringify(value)));
const isEmpty = (value: unknown) => typeof value === "object" && value !== null && Object.keys(value).length === 0;

/** What a server is to read of a value. What is spread and empty has no text, and an empty text may stand for nothing (docs/wire.md). */
function wanted({ node }: Declared, { form }: Field, value: unknown, received: unknown): unknown {
  if (received === undefined && (isEmpty(value) || (value === "" && node.allowEmptyValue === true))) return undefined;
  if (form === undefined || typeof value !== "object" || value === null) return plain(value);
  return plain(Object.fromEntries(Object.entries(value).filter(([, one]) => !Array.isArray(one) || one.length > 0)));
}

const seed = Number(process.env.PARAMETERS_SEED ?? 20_261_125);

describe("random parameters of random operations", () => {
  const all = fc.sample(operation, { numRuns: 120, seed });
  const nodes = ({ parameters }: Operation) => ({ parameters: parameters.map(({ node }) => node) });
  const pathOf = (one: Operation, at: number) => `/o${at}${one.path}`;
  /** Generation stops on what nobody could read for certain. */
  const isRefused = (one: Operation) => {
    const root = specOf({ openapi: "3.2.0", info: {}, paths: { "/": { get: nodes(one) } } });
    return parameterFaults(root, {}).some(({ severity }) => severity === "error");
  };
  const operations = all.filter((one) => !isRefused(one));
  const wires = wiresOf(operations.map(nodes), (at) => pathOf(operations[at] as Operation, at));
  const counts = { equal: 0, refused: 0 };

  const agree = (at: number, values: readonly unknown[]) => {
    const one = operations[at] as Operation;
    const wire = wires[at] as Wire;
    const fields = one.parameters.map(({ node }) => wire[node.in]?.find(({ name }) => name === node.name) as Field);
    const input = Object.fromEntries(fields.map(({ name, key = name }, index) => [key, values[index]]));
    let sent: Sent;
    try {
      sent = send(pathOf(one, at), wire, input);
    } catch (thrown) {
      if (!(thrown instanceof EncodingError)) throw thrown;
      counts.refused++;
      return;
    }
    const received = receive(pathOf(one, at), wire, sent);
    for (const [index, parameter] of one.parameters.entries()) {
      const { name, in: place } = parameter.node;
      const found = plain(received[place][name]);
      expect(found).toEqual(wanted(parameter, fields[index] as Field, values[index], found));
    }
    for (const place of places) {
      const declaredNames = one.parameters.flatMap(({ node }) => (node.in === place ? [node.name] : []));
      expect(Object.keys(received[place]).filter((name) => !declaredNames.includes(name))).toEqual([]);
    }
    counts.equal++;
  };

  it("a server reads what a client has written, or the client refuses to write it", () => {
    for (const [at, { parameters }] of operations.entries()) {
      const values = parameters.map(({ node, values: of }) =>
        node.in === "path" || node.required === true ? of : fc.option(of, { nil: undefined }),
      );
      fc.assert(
        fc.property(fc.tuple(...values), (some) => agree(at, some)),
        { numRuns: 20, seed },
      );
    }
  });

  it("neither refusals at generation nor those of the client are the rule", () => {
    expect(operations.length).toBeGreaterThan(all.length / 2);
    expect(counts.equal).toBeGreaterThan(counts.refused / 2);
  });
});
