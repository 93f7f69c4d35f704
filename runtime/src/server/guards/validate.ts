import { codecOf, essenceOf, isItems } from "../../http/codec.js";
import { isPartList, partsOf } from "../../http/multipart/contract.js";
import type { Part, PartList } from "../../policy/index.js";
import type { ProblemDetail } from "../../problem/problem.js";
import type { Refusal } from "../../problem/refusal.js";
import { invalidInput } from "../../problem/refusals.js";
import type { Multipart, SchemaResult, StandardSchema } from "../contract.js";
import { type Guard, isThenable } from "../guard.js";
import { toDetails } from "../issues.js";
import { type Checked, checkerOf } from "../shortcut/shortcut.js";
import { type Decoded, prove, type Validated } from "../states.js";

type Place = ProblemDetail["in"];

/**
 * Checks every part of the input and reports all faults at once. What the handler gets is what the schemas answered, and nothing
 * else (R38): a part without a schema does not reach it.
 */
export const validate: Guard<Decoded, Validated> = {
  name: "validate",
  compile: ({ schemas, wire }) => {
    const bodies = new Map(
      Object.entries(schemas.body ?? {}).map(([media, schema]) => [
        media,
        compileBody(media, schema, partsOf(wire.body?.parts, media)),
      ]),
    );
    const path = compilePart(schemas.path);
    const query = schemas.query === undefined ? nothingKnown : checkerOf(schemas.query);
    const header = compilePart(schemas.header);
    const cookie = compilePart(schemas.cookie);
    return (call) => {
      const { decoded } = call;
      const results = [
        path(decoded.path),
        query(decoded.query),
        header(decoded.header),
        cookie(decoded.cookie),
        decoded.media === undefined ? absent : (bodies.get(decoded.media)?.(decoded.body) ?? unspecified),
      ];
      const settle = (done: readonly SchemaResult[]): Validated | Refusal => judge(call, done);
      return results.some(isThenable) ? Promise.all(results).then(settle) : settle(results as readonly SchemaResult[]);
    };
  },
};

const absent: SchemaResult = { value: undefined };
const unspecified: SchemaResult = { issues: [{ message: "There is no schema for this media type" }] };

function compilePart(schema: StandardSchema | undefined): (value: unknown) => Checked {
  return schema === undefined ? () => absent : checkerOf(schema);
}

/** An operation without query parameters has none: an unknown one is refused as it is beside known ones. */
function nothingKnown(query: unknown): SchemaResult {
  if (typeof query !== "object" || query === null) return absent;
  for (const name of Object.keys(query)) return { issues: [{ message: "Unknown parameter", path: [name] }] };
  return absent;
}

function compileBody(
  media: string,
  schema: StandardSchema,
  parts: readonly Part[] | PartList,
): (body: unknown) => Checked {
  const codec = codecOf(essenceOf(media));
  if (codec === "multipart" && !isPartList(parts)) {
    const hasFiles = parts.some((part) => part.file !== undefined);
    return (body) => checkedParts(body as Multipart<unknown, string>, schema, hasFiles);
  }
  const isStream = codec === "multipart" && isPartList(parts) && parts.stream === true;
  if (isStream || isItems(codec)) return (body) => ({ value: checkedItems(body as AsyncIterable<unknown>, schema) });
  return checkerOf(schema);
}

/** The fields as the schema answers them. Where a body has no files, its fields are all of it, and come before the handler. */
function checkedParts(
  { fields, files }: Multipart<unknown, string>,
  schema: StandardSchema,
  hasFiles: boolean,
): SchemaResult | Promise<SchemaResult> {
  const settle = (result: SchemaResult): SchemaResult =>
    result.issues === undefined && hasFiles ? { value: { fields: result.value, files } } : result;
  const result = schema["~standard"].validate(fields);
  return isThenable(result) ? result.then(settle) : settle(result);
}

/** Each item as the schema answers it (R38); the first that does not fit ends the stream with a refusal. */
async function* checkedItems(items: AsyncIterable<unknown>, schema: StandardSchema): AsyncGenerator<unknown, void> {
  let at = 0;
  for await (const item of items) {
    const result = await schema["~standard"].validate(item);
    if (result.issues !== undefined) {
      throw invalidInput(
        toDetails(
          "body",
          result.issues.map((one) => ({ ...one, path: [at, ...(one.path ?? [])] })),
        ),
      );
    }
    yield result.value;
    at++;
  }
}

const parts: readonly Place[] = ["path", "query", "header", "cookie", "body"];

function judge(call: Decoded, results: readonly SchemaResult[]): Validated | Refusal {
  if (results.some(isFault)) return invalidInput(results.flatMap((one, at) => faultsOf(parts[at] ?? "body", one)));
  const [path, query, header, cookie, body] = results;
  return prove(call, "input", {
    path: keptOf(path),
    query: keptOf(query),
    header: keptOf(header),
    cookie: keptOf(cookie),
    body: keptOf(body),
    media: call.decoded.media,
  });
}

function isFault({ issues }: SchemaResult): boolean {
  return issues !== undefined;
}

function faultsOf(part: Place, { issues }: SchemaResult): readonly ProblemDetail[] {
  return issues === undefined ? [] : toDetails(part, issues);
}

function keptOf(result: SchemaResult | undefined): unknown {
  return result?.issues === undefined ? result?.value : undefined;
}
