import { member, use, useModule } from "../code/identifier.js";
import type { Code } from "../code/layout.js";
import { literal } from "../code/literal.js";
import { array, call, type Entry, object } from "../code/shapes.js";
import { code } from "../code/template.js";
import type { Body, Field, Operation } from "../model/api.js";
import { type HeldAs, isWide } from "../model/held.js";
import { hasResponseFields } from "./content.js";
import { codecOf } from "./media.js";
import { modules } from "./names.js";
import type { Components } from "./typescript/components.js";
import { holds } from "./wire/holds.js";
import { kindOf } from "./wire/kind.js";

/**
 * What a client function names: the operation's rules, and as values what it needs beyond a plain path, so that a bundle has that and
 * no more.
 * @param taken what this file calls something else.
 */
export function sentCode(operation: Operation, components: Components, taken: ReadonlySet<string>): Code {
  const { id } = operation;
  const from = (name: string) => code`${useModule(name, `./${name}.js`)}${member(id)}`;
  const word = (name: string) => use(name, modules.client, freeName(name, taken));
  return object([
    { key: "id", value: literal(id) },
    { key: "policy", value: from("policy") },
    { key: "wire", value: from("wire") },
    ...listed("writes", [
      // First: a parameter of that name is written over it.
      ...(operation.idempotency === undefined ? [] : [word("idempotencyKey")]),
      ...writersOf(operation, components, word),
    ]),
    ...listed("reads", readsOf(operation).map(word)),
    ...(hasResponseFields(operation) ? [{ key: "fields", value: word("responseFields") }] : []),
    ...(holdsValues(operation, components) ? [{ key: "holds", value: word("held") }] : []),
    ...(operation.servers.length > 0 ? [{ key: "home", value: word("ownServer") }] : []),
  ]);
}

/** A name that a file does not have yet. */
export function freeName(name: string, taken: ReadonlySet<string>): string {
  return taken.has(name) ? freeName(`${name}Part`, taken) : name;
}

type Word = (name: string) => Code;

function listed(key: string, values: readonly Code[]): readonly Entry[] {
  return values.length === 0 ? [] : [{ key, value: array(values) }];
}

function writersOf({ request }: Operation, components: Components, word: Word): readonly Code[] {
  const { path, query, header, cookie, body } = request;
  const isPlain = (field: Field) => isPlainField(field, components);
  return [
    ...(path.every(isPlain) ? [] : [word("styledPath")]),
    ...(query.length === 0 ? [] : [word(query.every(isPlain) ? "query" : "styledQuery")]),
    ...(header.length === 0 ? [] : [word("headers")]),
    ...(cookie.length === 0 ? [] : [word("cookies")]),
    ...(body === undefined ? [] : [call(word("body"), bodyCodecs(body, components).map(word))]),
  ];
}

/** JSON that holds an integer of any size has a writer of its own. */
function bodyCodecs({ media }: Body, { find }: Components): readonly string[] {
  const exact = media.some((one) => codecOf(one.type) === "json" && holds(one.schema, find, isWide));
  return codecNames(media.map((one) => one.type)).map((name) => (exact && name === "json" ? "exactJson" : name));
}

/** Whether code holds any value of an operation as something else than it is on the wire. */
export function holdsValues(
  { request, responses }: Operation,
  { find }: Components,
  asks?: (as: HeldAs) => boolean,
): boolean {
  const { path, query, header, cookie, body } = request;
  const fields = [path, query, header, cookie, ...responses.map((one) => one.headers)].flat();
  const media = [...(body?.media ?? []), ...responses.flatMap((one) => one.media)];
  return [...fields, ...media].some((one) => holds(one.schema, find, asks));
}

/** Whether a parameter is a text, or in a query several of them, in OpenAPI's default style. */
function isPlainField(
  { in: place, content, style, explode, allowReserved, whole, schema }: Field,
  types: Components,
): boolean {
  if (content !== "styled" || allowReserved || whole) return false;
  const kind = kindOf(schema, types.find, 1);
  const isText = (one: unknown) => typeof one === "string" && one !== "json" && one !== "exactJson";
  if (place === "path") return style === "simple" && isText(kind);
  return style === "form" && (isText(kind) || (explode && Array.isArray(kind) && kind.every(isText)));
}

/** How answers are read that come in piece by piece. */
function readsOf({ responses }: Operation): readonly string[] {
  const successes = responses.filter((one) => one.status.startsWith("2") || one.status === "default");
  const types = successes.flatMap((one) => one.media.map(({ type }) => type));
  const names = codecNames(types).filter((name) => ["octets", "multipart", "items"].includes(name));
  return names.map((name) => (name === "multipart" ? "multipartAnswers" : name));
}

function codecNames(types: readonly string[]): readonly string[] {
  return [...new Set(types.map(codecOf))].sort();
}
