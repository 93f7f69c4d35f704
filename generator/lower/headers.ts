import type { ResponseCase } from "../model/api.js";
import type { SpecObject, SpecValue } from "../model/spec.js";
import type { Lowering } from "./lowering.js";
import { byText, entriesOf, objectOf, textOf } from "./node.js";
import { contentOf } from "./parameter-content.js";

/**
 * Header fields that the server writes itself, from the policy or for the connection: what a description says of them is for clients to
 * read (runtime/src/server/guards/project.ts has the same list). OpenAPI 4.8.17: `Content-Type` is ignored.
 */
const ofTheServer: ReadonlySet<string> = new Set(
  "cache-control connection content-length content-security-policy content-type deprecation keep-alive ratelimit ratelimit-policy set-cookie strict-transport-security sunset trailer transfer-encoding upgrade www-authenticate x-content-type-options x-request-id".split(
    " ",
  ),
);

/** The header fields of a response, those of the server's own left out. */
export function lowerHeaders(run: Lowering, said: SpecValue | undefined): ResponseCase["headers"] {
  const byName = new Map<string, ResponseCase["headers"][number]>();
  for (const [name, one] of entriesOf(said)) {
    const lower = name.toLowerCase();
    const node = objectOf(run.spec.resolve(one).node);
    if (node === undefined || ofTheServer.has(lower) || lower.startsWith("access-control-")) continue;
    if (!byName.has(lower) && /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name))
      byName.set(lower, lowerHeader(run, name, node));
  }
  return [...byName.values()].sort((a, b) => byText(a.name, b.name));
}

function lowerHeader(run: Lowering, name: string, node: SpecObject): ResponseCase["headers"][number] {
  return {
    name,
    in: "header",
    required: node.required === true,
    description: textOf(node.description),
    deprecated: node.deprecated === true,
    style: "simple",
    explode: node.explode === true,
    allowReserved: false,
    allowEmptyValue: false,
    whole: false,
    ...contentOf(run, node),
    at: run.spec.at(node),
  };
}
