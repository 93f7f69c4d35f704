import { isPartList } from "../http/multipart/contract.js";
import { isIterable } from "../http/streams.js";
import type { Part, PartList } from "../policy/index.js";
import type { SchemaResult, StandardSchema } from "./contract.js";
import { reasons } from "./response-headers.js";

/** What may be written; or what is wrong with it, as a text. */
type Projection = { readonly value: unknown } | string;

/**
 * The parts of a multipart response as the schema lets them through. Files are no matter of the schema: they are there, or not.
 * @param project takes a stream of parts through the schema, one by one.
 */
export async function projectParts(
  body: unknown,
  schema: StandardSchema,
  parts: readonly Part[] | PartList,
  project: (items: AsyncIterable<unknown>) => AsyncIterable<unknown>,
): Promise<Projection> {
  if (isPartList(parts)) {
    if (parts.stream !== true) return judged(await schema["~standard"].validate(body));
    return isIterable(body) ? { value: project(body) } : "it is no async iterable";
  }
  const files = parts.filter((one) => one.file !== undefined);
  if (files.length === 0 || typeof body !== "object" || body === null)
    return judged(await schema["~standard"].validate(body));
  const missing = files.filter((one) => one.required === true && !Object.hasOwn(body, one.name));
  if (missing.length > 0) return `${missing.map(({ name }) => name).join(", ")} is missing`;
  const names = new Set(files.map((one) => one.name));
  const [apart, fields] = [true, false].map((isFile) =>
    Object.fromEntries(Object.entries(body).filter(([name]) => names.has(name) === isFile)),
  );
  const result = judged(await schema["~standard"].validate(fields));
  return typeof result === "string" ? result : { value: { ...(result.value as object), ...apart } };
}

function judged(result: SchemaResult): Projection {
  return result.issues === undefined ? { value: result.value } : reasons(result);
}
