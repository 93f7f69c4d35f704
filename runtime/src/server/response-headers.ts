import { EncodingError, encodeHeaders } from "../http/fields.js";
import { isFieldName, isFieldValue } from "../http/headers.js";
import { release } from "../http/held.js";
import type { Field, Held } from "../policy/index.js";
import type { HandlerReply, SchemaResult, StandardSchema } from "./contract.js";
import { isThenable } from "./guard.js";
import { toDetails } from "./issues.js";

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
  "x-ratelimit-limit",
  "x-ratelimit-remaining",
  "x-ratelimit-reset",
  "x-request-id",
]);

/** What the spec declares of the header fields of a response. */
export interface DeclaredFields {
  readonly fields: readonly Field[];
  readonly headers: StandardSchema | undefined;
  /** What code holds as something else than it is on the wire. */
  readonly held: Held | undefined;
}

/** Header fields, flat: those that the spec declares, written as it says, and texts of the handler's own. What is wrong, as a text. */
export function headersOf(
  answer: HandlerReply,
  { fields: declared, headers: schema, held }: DeclaredFields,
): readonly string[] | string {
  if (answer.headers === undefined && schema === undefined) return none;
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
    flat.push(
      ...Object.entries(
        encodeHeaders(declared, release(result.value, held) as Readonly<Record<string, unknown>>),
      ).flat(),
    );
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

const none: readonly string[] = [];

/** For the log: where a value does not fit and why, without values. */
export function reasons(result: SchemaResult): string {
  return toDetails("body", result.issues ?? [])
    .slice(0, 5)
    .map(({ pointer, detail }) => `${pointer} ${detail}`)
    .join("; ");
}
