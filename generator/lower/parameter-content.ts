import type { Field } from "../model/api.js";
import type { SpecObject } from "../model/spec.js";
import { lowerEncoding } from "./encoding.js";
import type { Lowering } from "./lowering.js";
import { isJson, mediaTypeOf } from "./media-type.js";
import { entriesOf, objectOf } from "./node.js";
import { lowerSchema } from "./schema.js";

type Content = Pick<Field, "content" | "encoding" | "schema">;

/** `schema`, written in a style; or `content` of one media type: JSON, a form, or a text of which only its schema says more. */
export function contentOf(run: Lowering, parameter: SpecObject): Content {
  const [first] = entriesOf(parameter.content);
  if (first === undefined) return { content: "styled", encoding: [], schema: lowerSchema(run, parameter.schema) };
  const [type, said] = first;
  const media = objectOf(run.spec.resolve(said).node);
  const schema = lowerSchema(run, media?.schema);
  const essence = mediaTypeOf(type);
  if (isJson(essence)) return { content: "json", encoding: [], schema };
  if (essence !== "application/x-www-form-urlencoded") return { content: "text", encoding: [], schema };
  return { content: "form", encoding: lowerEncoding(run, media), schema };
}
