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
  const definitions = Object.entries(placements).map(([placement, schema]) => {
    const { $schema: _dialect, ...body } = z.toJSONSchema(schema, {
      target: "draft-2020-12",
      io: "input",
      reused: "inline",
    });
    return [placement, { title: titles[placement as Placement], ...body }];
  });
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "The sallyport vocabulary: what may be annotated in an OpenAPI description",
    anyOf: Object.keys(placements).map((placement) => ({ $ref: `#/$defs/${placement}` })),
    $defs: Object.fromEntries(definitions),
  };
}
