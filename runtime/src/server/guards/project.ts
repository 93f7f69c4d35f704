import { isFieldName, isFieldValue } from "../../http/headers.js";
import { essenceOf } from "../../http/media.js";
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
  compile: ({ id, schemas }) => {
    return (call) => {
      const fail = (reason: string): Refusal => internal(new Error(`${id}: ${reason}`));
      const { answer } = call;
      const media = mediaOf(schemas.responses, answer.status);
      if (media === undefined) return fail(`status ${answer.status} is not declared`);
      const headers = headersOf(answer);
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
      const chosen = choose(media, answer);
      if (chosen === undefined) return fail("the Content-Type is not declared");
      const result = chosen.schema["~standard"].validate(answer.body);
      return isThenable(result) ? result.then((done) => settle(chosen.name, done)) : settle(chosen.name, result);
    };
  },
};

type MediaSchemas = Readonly<Record<string, StandardSchema>>;

/** OpenAPI 4.8.17: an exact status before its range, a range before the default. */
function mediaOf(responses: OperationSchemas["responses"], status: number): MediaSchemas | undefined {
  for (const key of [String(status), `${Math.floor(status / 100)}XX`, "default"]) {
    if (Object.hasOwn(responses, key)) return responses[key];
  }
  return undefined;
}

/** RFC 9110, 15.3.5, 15.3.6 and 15.4.5. */
function isBodiless(status: number): boolean {
  return status === 204 || status === 205 || status === 304;
}

/** The media type that the handler names, or else the first that the spec declares. */
function choose(media: MediaSchemas, answer: HandlerReply): { name: string; schema: StandardSchema } | undefined {
  const wanted = Object.entries(answer.headers ?? {}).find(([name]) => name.toLowerCase() === "content-type")?.[1];
  const [found] = Object.entries(media).filter(
    ([name]) => wanted === undefined || essenceOf(name) === essenceOf(wanted),
  );
  return found === undefined ? undefined : { name: found[0], schema: found[1] };
}

function headersOf(answer: HandlerReply): readonly string[] | string {
  const flat: string[] = [];
  for (const [name, value] of Object.entries(answer.headers ?? {})) {
    const lower = name.toLowerCase();
    if (lower === "content-type") continue;
    if (owned.has(lower) || lower.startsWith("access-control-"))
      return `the header ${lower} is not the handler's to set`;
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
