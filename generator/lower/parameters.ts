import type { FieldPlace } from "../model/api.js";
import type { DraftField, DraftOperation } from "../model/draft.js";
import type { SpecObject } from "../model/spec.js";
import { complain, type Lowering } from "./lowering.js";
import { byText, listOf, objectOf, textOf } from "./node.js";
import { lowerNote, withTreatment } from "./note.js";
import { contentOf } from "./parameter-content.js";
import { isPlace, styleOf } from "./styles.js";

type Fields = Omit<DraftOperation["request"], "body">;

/** OpenAPI 4.8.12.1: header parameters of these names say nothing; other keywords of OpenAPI do. */
const ignoredHeaders: ReadonlySet<string> = new Set(["accept", "content-type", "authorization"]);

/** The parameters of an operation: the path item's, overridden one by one by the operation's own. */
export function lowerParameters(run: Lowering, pathItem: SpecObject, operation: SpecObject, path: string): Fields {
  const merged = new Map<string, SpecObject>();
  for (const said of [...(listOf(pathItem.parameters) ?? []), ...(listOf(operation.parameters) ?? [])]) {
    const parameter = objectOf(run.spec.resolve(said).node);
    if (parameter !== undefined) merged.set(identityOf(parameter), parameter);
  }
  const fields = [...merged.values()].flatMap((parameter) => lowerParameter(run, parameter));
  const at = (place: FieldPlace) => fields.filter((field) => field.in === place).sort((a, b) => byText(a.name, b.name));
  return { path: inOrderOf(path, at("path")), query: at("query"), header: at("header"), cookie: at("cookie") };
}

/** OpenAPI 4.8.12: a parameter is known by its name and place. RFC 9110, 5.1: header names have no case. */
function identityOf(parameter: SpecObject): string {
  const name = textOf(parameter.name) ?? "";
  const place = textOf(parameter.in) ?? "";
  return `${place} ${place === "header" ? name.toLowerCase() : name}`;
}

/** Path parameters read best in the order of the path. */
function inOrderOf(path: string, fields: readonly DraftField[]): readonly DraftField[] {
  const position = (field: DraftField) => path.indexOf(`{${field.name}}`);
  return [...fields].sort((a, b) => position(a) - position(b));
}

function lowerParameter(run: Lowering, parameter: SpecObject): readonly DraftField[] {
  const name = textOf(parameter.name);
  const place = parameter.in === "querystring" ? "query" : textOf(parameter.in);
  if (name === undefined || !isPlace(place)) {
    complain(run, parameter, undefined, {
      code: "SP190",
      message: "A parameter needs a name, and a place: path, query, querystring, header or cookie.",
    });
    return [];
  }
  if (place === "header" && ignoredHeaders.has(name.toLowerCase())) return [];
  const style = styleOf(run, parameter, place);
  const explode = parameter.explode;
  return [
    {
      name,
      in: place,
      // OpenAPI 4.8.12.2: a path parameter is always required.
      required: place === "path" || parameter.required === true,
      description: textOf(parameter.description),
      deprecated: parameter.deprecated === true,
      style,
      explode: typeof explode === "boolean" ? explode : style === "form" || style === "cookie",
      allowReserved: parameter.allowReserved === true,
      // OpenAPI 3.2, 4.12.2.1: valid for query parameters only.
      allowEmptyValue: place === "query" && parameter.allowEmptyValue === true,
      whole: parameter.in === "querystring",
      ...annotated(run, parameter, contentOf(run, parameter)),
      at: run.spec.at(parameter),
    },
  ];
}

/** An annotation at the parameter speaks of its value, so it goes where a schema's own would be. */
function annotated(
  run: Lowering,
  parameter: SpecObject,
  content: ReturnType<typeof contentOf>,
): ReturnType<typeof contentOf> {
  const annotation = parameter["x-sallyport"];
  if (annotation === undefined) return content;
  return { ...content, schema: withTreatment(content.schema, lowerNote(run, { "x-sallyport": annotation })) };
}
