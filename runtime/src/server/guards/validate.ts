import type { ProblemDetail } from "../../problem/problem.js";
import type { Refusal } from "../../problem/refusal.js";
import { invalidInput } from "../../problem/refusals.js";
import type { SchemaResult, StandardSchema } from "../contract.js";
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
  compile: ({ schemas }) => {
    const parameters = (["path", "query", "header", "cookie"] as const).map((part) => ({
      part,
      schema: schemas[part],
    }));
    return (call) => {
      const { decoded } = call;
      const results = parameters.map(({ part, schema }) => check(part, schema, decoded[part]));
      results.push(checkBody(decoded, schemas.body));
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
): SchemaResult | Promise<SchemaResult> {
  if (media === undefined) return absent;
  const schema = schemas !== undefined && Object.hasOwn(schemas, media) ? schemas[media] : undefined;
  if (schema === undefined) return { issues: [{ message: "There is no schema for this media type" }] };
  return schema["~standard"].validate(body);
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
