import { type Codec, codecOf, essenceOf, isItems } from "../../http/codec.js";
import { releaseContent } from "../../http/held-content.js";
import { matchMedia } from "../../http/media.js";
import { partsOf } from "../../http/multipart/contract.js";
import { isIterable } from "../../http/streams.js";
import type { Held, Parts, Wire } from "../../policy/index.js";
import type { Refusal } from "../../problem/refusal.js";
import { internal } from "../../problem/refusals.js";
import type { HandlerReply, OperationSchemas, SchemaResult, StandardSchema } from "../contract.js";
import { type Guard, isThenable } from "../guard.js";
import { projectParts } from "../project-parts.js";
import { type DeclaredFields, headersOf, reasons } from "../response-headers.js";
import { type Checked, checkerOf } from "../shortcut/shortcut.js";
import { type Projected, prove, type Vouched } from "../states.js";

/**
 * Holds the handler to the spec: a status that it does not declare, or a body that does not fit, is a failure of ours, and never
 * sent. What is sent is what the schema let through.
 */
export const project: Guard<Vouched, Projected> = {
  name: "project",
  compile: ({ id, schemas, wire, multipart }) => {
    const responseOf = compileResponses(schemas, wire);
    const fail = (reason: string): Refusal => internal(new Error(`${id}: ${reason}`));
    const settle = (
      call: Vouched,
      { name, codec, held }: Medium,
      headers: readonly string[],
      result: SchemaResult,
    ): Projected | Refusal => {
      const { status } = call.answer;
      if (result.issues !== undefined) return fail(`the body of ${status} is invalid: ${reasons(result)}`);
      return prove(call, "projection", { status, headers, media: name, codec, value: result.value, held });
    };
    return (call) => {
      const { answer } = call;
      const { status } = answer;
      const response = responseOf(status);
      if (response === undefined) return fail(`status ${status} is not declared`);
      const headers = headersOf(answer, response);
      if (typeof headers === "string") return fail(headers);
      if (response.media.length === 0 || isBodiless(status)) {
        if (answer.body !== undefined) return fail(`status ${status} has no content`);
        return prove(call, "projection", {
          status,
          headers,
          media: undefined,
          codec: undefined,
          value: undefined,
          held: undefined,
        });
      }
      const chosen = choose(response.media, answer, call.accept);
      if (chosen === undefined) return fail("the Content-Type is not declared");
      if (isItems(chosen.codec)) {
        if (!isIterable(answer.body)) return fail(`the body of ${status} is no async iterable`);
        return settle(call, chosen, headers, { value: projectedItems(answer.body, chosen.schema) });
      }
      if (chosen.codec === "multipart") {
        const described = partsOf(response.parts, chosen.name);
        const project = (items: AsyncIterable<unknown>) => projectedItems(items, chosen.schema);
        return projectParts(answer.body, chosen.schema, described, project).then((parts) => {
          if (typeof parts === "string") return fail(`the body of ${status} is invalid: ${parts}`);
          if (multipart === undefined) return fail("nothing writes multipart");
          const { type, octets } = multipart.write(chosen.name, onWire(parts.value, chosen.held), described);
          return settle(call, { ...chosen, name: type, held: undefined }, headers, { value: octets });
        });
      }
      const result = chosen.check(answer.body);
      return isThenable(result)
        ? result.then((done) => settle(call, chosen, headers, done))
        : settle(call, chosen, headers, result);
    };
  },
};

/** One media type of a response. */
interface Medium {
  readonly name: string;
  readonly codec: Codec;
  readonly schema: StandardSchema;
  readonly check: (value: unknown) => Checked;
  /** What code holds as something else than it is on the wire. */
  readonly held: Held | undefined;
}

/** One response of the spec. */
interface ResponseCase extends DeclaredFields {
  readonly media: readonly Medium[];
  readonly parts: Parts | undefined;
}

/** OpenAPI 4.8.17: an exact status before its range, a range before the default. */
function compileResponses(
  { responses, responseHeaders }: OperationSchemas,
  { headers, parts, held }: Wire,
): (status: number) => ResponseCase | undefined {
  const cases = new Map(
    Object.entries(responses).map(([key, media]): [string, ResponseCase] => [
      key,
      {
        media: mediaOf(media, held?.responses?.[key]),
        fields: headers?.[key] ?? [],
        held: held?.fields?.[key],
        headers: responseHeaders?.[key],
        parts: parts?.[key],
      },
    ]),
  );
  const exact = new Map([...cases].map(([key, response]) => [Number(key), response]));
  return (status) => exact.get(status) ?? cases.get(`${Math.floor(status / 100)}XX`) ?? cases.get("default");
}

function mediaOf(
  media: OperationSchemas["responses"][string],
  held: Readonly<Record<string, Held>> | undefined,
): readonly Medium[] {
  return Object.entries(media).map(([name, schema]) => ({
    name,
    codec: codecOf(essenceOf(name)),
    schema,
    check: checkerOf(schema),
    held: held?.[name],
  }));
}

function onWire(value: unknown, held: Held | undefined): unknown {
  return held === undefined ? value : releaseContent(value, held);
}

/** RFC 9110, 15.3.5, 15.3.6 and 15.4.5. */
function isBodiless(status: number): boolean {
  return status === 204 || status === 205 || status === 304;
}

/** The media type that the handler names; or else the one that the caller wants most, or the first that the spec declares. */
function choose(media: readonly Medium[], answer: HandlerReply, accept: string | undefined): Medium | undefined {
  const wanted = answer.type ?? textHeader(answer, "content-type");
  if (wanted === undefined) {
    // Nearly every response has one, and it is a media type.
    const [only] = media;
    return concrete(media.length === 1 ? only : (media.find(({ name }) => name === accept) ?? only), undefined);
  }
  const names = media.map(({ name }) => name);
  const declared = matchMedia(names, essenceOf(wanted));
  return concrete(
    media.find(({ name }) => name === declared),
    wanted,
  );
}

/** A range of the spec is no media type: what it is, the handler says. */
function concrete(medium: Medium | undefined, wanted = "application/octet-stream"): Medium | undefined {
  if (medium === undefined || !medium.name.includes("*")) return medium;
  return { ...medium, name: wanted, codec: codecOf(essenceOf(wanted)) };
}

function textHeader({ headers }: HandlerReply, wanted: string): string | undefined {
  if (headers === undefined) return undefined;
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
