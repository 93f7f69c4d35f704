import { codecOf, essenceOf, isItems } from "../../http/codec.js";
import type { ProblemDetail } from "../../problem/problem.js";
import type { Refusal } from "../../problem/refusal.js";
import { invalidInput } from "../../problem/refusals.js";
import type { Multipart, SchemaResult, StandardSchema } from "../contract.js";
import { type Guard, isThenable } from "../guard.js";
import { toDetails } from "../issues.js";
import { type Decoded, type Input, prove, type Validated } from "../states.js";

type Part = ProblemDetail["in"];

/**
 * Checks every part of the input and reports all faults at once. What the handler gets is what the schemas answered, and nothing
 * else (R38): a part without a schema does not reach it.
 */
export const validate: Guard<Decoded, Validated> = {
  name: "validate",
  compile: ({ schemas, wire }) => {
    const hasFiles = wire.body?.parts?.some((part) => part.file !== undefined) === true;
    const parameters = (["path", "query", "header", "cookie"] as const).map((part) => ({
      part,
      schema: schemas[part],
    }));
    return (call) => {
      const { decoded } = call;
      const results = parameters.map(({ part, schema }) => check(part, schema, decoded[part]));
      results.push(checkBody(decoded, schemas.body, hasFiles));
      const settle = (done: readonly SchemaResult[]): Validated | Refusal => judge(call, done);
      return results.some(isThenable) ? Promise.all(results).then(settle) : settle(results as readonly SchemaResult[]);
    };
  },
};

const absent: SchemaResult = { value: undefined };

function check(part: Part, schema: StandardSchema | undefined, value: unknown): SchemaResult | Promise<SchemaResult> {
  if (schema !== undefined) return schema["~standard"].validate(value);
  const [unknown] = part === "query" && typeof value === "object" && value !== null ? Object.keys(value) : [];
  // An operation without query parameters has none: an unknown one is refused as it is beside known ones.
  return unknown === undefined ? absent : { issues: [{ message: "Unknown parameter", path: [unknown] }] };
}

function checkBody(
  { body, media }: Input,
  schemas: Readonly<Record<string, StandardSchema>> | undefined,
  hasFiles: boolean,
): SchemaResult | Promise<SchemaResult> {
  if (media === undefined) return absent;
  const schema = schemas !== undefined && Object.hasOwn(schemas, media) ? schemas[media] : undefined;
  if (schema === undefined) return { issues: [{ message: "There is no schema for this media type" }] };
  if (codecOf(essenceOf(media)) === "multipart")
    return checkedParts(body as Multipart<unknown, string>, schema, hasFiles);
  if (isItems(codecOf(essenceOf(media)))) return { value: checkedItems(body as AsyncIterable<unknown>, schema) };
  return schema["~standard"].validate(body);
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

function judge(call: Decoded, [path, query, header, cookie, body]: readonly SchemaResult[]): Validated | Refusal {
  const faults = [
    ...faultsOf("path", path),
    ...faultsOf("query", query),
    ...faultsOf("header", header),
    ...faultsOf("cookie", cookie),
    ...faultsOf("body", body),
  ];
  if (faults.length > 0) return invalidInput(faults);
  return prove(call, "input", {
    path: partOf(path),
    query: partOf(query),
    header: partOf(header),
    cookie: partOf(cookie),
    body: partOf(body),
    media: call.decoded.media,
  });
}

function faultsOf(part: Part, result: SchemaResult | undefined): readonly ProblemDetail[] {
  return result?.issues === undefined ? [] : toDetails(part, result.issues);
}

function partOf(result: SchemaResult | undefined): unknown {
  return result === undefined || result.issues !== undefined ? undefined : result.value;
}
