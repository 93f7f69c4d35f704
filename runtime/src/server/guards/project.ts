import { codecOf, essenceOf, isItems } from "../../http/codec.js";
import { EncodingError, encodeHeaders } from "../../http/fields.js";
import { isFieldName, isFieldValue } from "../../http/headers.js";
import { matchMedia } from "../../http/media.js";
import { isIterable } from "../../http/streams.js";
import type { Field } from "../../policy/index.js";
import type { Refusal } from "../../problem/refusal.js";
import { internal } from "../../problem/refusals.js";
import type { HandlerReply, OperationSchemas, SchemaResult, StandardSchema } from "../contract.js";
import { type Guard, isThenable } from "../guard.js";
import { toDetails } from "../issues.js";
import { type Projected, type Projection, prove, type Vouched } from "../states.js";

/** Headers that are the server's: a handler that could set them could weaken them. */
const owned = new Set([
  "cache-control",
  "connection",
  "content-length",
  "content-security-policy",
  "deprecation",
  "keep-alive",
  "ratelimit",
  "ratelimit-policy",
  "strict-transport-security",
  "sunset",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "www-authenticate",
  "x-content-type-options",
  "x-request-id",
]);

/**
 * Holds the handler to the spec: a status that it does not declare, or a body that does not fit, is a failure of ours, and never
 * sent. What is sent is what the schema let through.
 */
export const project: Guard<Vouched, Projected> = {
  name: "project",
  compile: ({ id, schemas, wire }) => {
    return (call) => {
      const fail = (reason: string): Refusal => internal(new Error(`${id}: ${reason}`));
      const { answer } = call;
      const key = keyOf(schemas.responses, answer.status);
      const media = key === undefined ? undefined : schemas.responses[key];
      if (key === undefined || media === undefined) return fail(`status ${answer.status} is not declared`);
      const headers = headersOf(answer, wire.headers?.[key] ?? [], schemas.responseHeaders?.[key]);
      if (typeof headers === "string") return fail(headers);
      const settle = (name: string | undefined, result: SchemaResult): Projected | Refusal => {
        if (result.issues !== undefined) return fail(`the body of ${answer.status} is invalid: ${reasons(result)}`);
        const projection: Projection = { status: answer.status, headers, media: name, value: result.value };
        return prove(call, "projection", projection);
      };
      if (Object.keys(media).length === 0 || isBodiless(answer.status)) {
        if (answer.body !== undefined) return fail(`status ${answer.status} has no content`);
        return settle(undefined, { value: undefined });
      }
      const chosen = choose(media, answer, call.accept);
      if (chosen === undefined) return fail("the Content-Type is not declared");
      if (isItems(codecOf(essenceOf(chosen.name)))) {
        if (!isIterable(answer.body)) return fail(`the body of ${answer.status} is no async iterable`);
        return settle(chosen.name, { value: projectedItems(answer.body, chosen.schema) });
      }
      const result = chosen.schema["~standard"].validate(answer.body);
      return isThenable(result) ? result.then((done) => settle(chosen.name, done)) : settle(chosen.name, result);
    };
  },
};

type MediaSchemas = Readonly<Record<string, StandardSchema>>;

/** OpenAPI 4.8.17: an exact status before its range, a range before the default. */
function keyOf(responses: OperationSchemas["responses"], status: number): string | undefined {
  const keys = [String(status), `${Math.floor(status / 100)}XX`, "default"];
  return keys.find((key) => Object.hasOwn(responses, key));
}

/** RFC 9110, 15.3.5, 15.3.6 and 15.4.5. */
function isBodiless(status: number): boolean {
  return status === 204 || status === 205 || status === 304;
}

/** The media type that the handler names; or else the one that the caller wants most, or the first that the spec declares. */
function choose(
  media: MediaSchemas,
  answer: HandlerReply,
  accept: string | undefined,
): { name: string; schema: StandardSchema } | undefined {
  const wanted = answer.type ?? textHeader(answer, "content-type");
  const names = Object.keys(media);
  const declared =
    wanted === undefined ? (names.find((one) => one === accept) ?? names[0]) : matchMedia(names, essenceOf(wanted));
  const schema = declared === undefined ? undefined : media[declared];
  if (declared === undefined || schema === undefined) return undefined;
  // A range of the spec is no media type: what it is, the handler says.
  return { name: declared.includes("*") ? (wanted ?? "application/octet-stream") : declared, schema };
}

function textHeader({ headers = {} }: HandlerReply, wanted: string): string | undefined {
  const [, value] = Object.entries(headers).find(([name]) => name.toLowerCase() === wanted) ?? [];
  return typeof value === "string" ? value : undefined;
}

/** Each item as the schema lets it through; the first that does not fit ends the stream, and the caller sees that it broke off. */
async function* projectedItems(items: AsyncIterable<unknown>, schema: StandardSchema): AsyncGenerator<unknown, void> {
  for await (const item of items) {
    const result = await schema["~standard"].validate(item);
    if (result.issues !== undefined) throw new Error(`an item is invalid: ${reasons(result)}`);
    yield result.value;
  }
}

/** Header fields, flat: those that the spec declares, written as it says, and texts of the handler's own. What is wrong, as a text. */
function headersOf(
  answer: HandlerReply,
  declared: readonly Field[],
  schema: StandardSchema | undefined,
): readonly string[] | string {
  const given = Object.entries(answer.headers ?? {}).filter(([name]) => name.toLowerCase() !== "content-type");
  for (const name of given.map(([one]) => one.toLowerCase()))
    if (owned.has(name) || name.startsWith("access-control-")) return `the header ${name} is not the handler's to set`;
  const fields = new Map(declared.map((field) => [field.name.toLowerCase(), field]));
  const known = Object.fromEntries(
    given.flatMap(([name, value]) => {
      const field = fields.get(name.toLowerCase());
      return field === undefined || value === undefined ? [] : [[field.name, value]];
    }),
  );
  const result = schema === undefined ? { value: known } : schema["~standard"].validate(known);
  if (isThenable(result)) return "the schema of the headers answers later";
  if (result.issues !== undefined) return `the headers are invalid: ${reasons(result)}`;
  const flat: string[] = [];
  try {
    flat.push(...Object.entries(encodeHeaders(declared, result.value as Readonly<Record<string, unknown>>)).flat());
  } catch (thrown) {
    if (thrown instanceof EncodingError) return `a header is malformed: ${thrown.message}`;
    throw thrown;
  }
  for (const [name, value] of given) {
    if (fields.has(name.toLowerCase())) continue;
    if (!isFieldName(name) || typeof value !== "string" || !isFieldValue(value)) return "a header is malformed";
    flat.push(name, value);
  }
  return flat;
}

/** For the log: where it does not fit and why, without values. */
function reasons(result: SchemaResult): string {
  return toDetails("body", result.issues ?? [])
    .slice(0, 5)
    .map(({ pointer, detail }) => `${pointer} ${detail}`)
    .join("; ");
}
