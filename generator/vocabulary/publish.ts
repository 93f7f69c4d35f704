import * as z from "zod";
import { type Placement, placements } from "./read.js";

const titles: Readonly<Record<Placement, string>> = {
  root: "x-sallyport at the root",
  scheme: "x-sallyport of a security scheme",
  operation: "x-sallyport of a path item or an operation",
  schema: "x-sallyport of a parameter, a schema or a property",
  server: "x-sallyport of a server",
};

/** The vocabulary as a JSON Schema (2020-12), for editors: one definition a placement. */
export function vocabularyJsonSchema(): object {
  const bodies = Object.entries(placements).map(([placement, schema]) => {
    const options = { target: "draft-2020-12", io: "input", reused: "inline" } as const;
    const { $schema: _dialect, $defs: shared = {}, ...body } = z.toJSONSchema(schema, options);
    return { placement, shared, body: { title: titles[placement as Placement], ...body } };
  });
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "The sallyport vocabulary: what may be annotated in an OpenAPI description",
    anyOf: bodies.map(({ placement }) => ({ $ref: `#/$defs/${placement}` })),
    // What several placements share is named (`meta.id`), and stands beside them: references in the bodies lead there.
    $defs: Object.assign({}, ...bodies.map(({ placement, shared, body }) => ({ ...shared, [placement]: body }))),
  };
}
