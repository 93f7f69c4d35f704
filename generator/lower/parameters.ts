import type { FieldPlace, FieldStyle } from "../model/api.js";
import type { DraftField, DraftOperation } from "../model/draft.js";
import type { Schema } from "../model/schema.js";
import type { SpecObject, SpecValue } from "../model/spec.js";
import { complain, type Lowering } from "./lowering.js";
import { isJson, mediaTypeOf } from "./media.js";
import { byText, entriesOf, listOf, objectOf, textOf } from "./node.js";
import { lowerNote, withSensitivity } from "./note.js";
import { lowerSchema } from "./schema.js";

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
  const place = textOf(parameter.in);
  if (name === undefined || !isPlace(place)) {
    refusePlace(run, parameter, place);
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
      explode: typeof explode === "boolean" ? explode : style === "form",
      allowReserved: parameter.allowReserved === true,
      ...annotated(run, parameter, contentOf(run, parameter)),
      at: run.spec.at(parameter),
    },
  ];
}

function isPlace(place: string | undefined): place is FieldPlace {
  return place === "path" || place === "query" || place === "header" || place === "cookie";
}

function refusePlace(run: Lowering, parameter: SpecObject, place: string | undefined): void {
  if (place === "querystring") {
    complain(run, parameter, "in", {
      code: "SP990",
      message: "A parameter that is the whole query string is not enforced yet.",
      fix: "Declare the query parameters one by one.",
    });
    return;
  }
  complain(run, parameter, undefined, {
    code: "SP190",
    message: "A parameter needs a name, and a place: path, query, header or cookie.",
  });
}

/** OpenAPI 4.8.12.2.1. */
const defaultStyles = { path: "simple", query: "form", header: "simple", cookie: "form" } as const satisfies Record<
  FieldPlace,
  FieldStyle
>;
const styles: Readonly<Record<FieldPlace, readonly FieldStyle[]>> = {
  path: ["simple", "label", "matrix"],
  query: ["form", "spaceDelimited", "pipeDelimited", "deepObject"],
  header: ["simple"],
  cookie: ["form"],
};

function styleOf(run: Lowering, parameter: SpecObject, place: FieldPlace): FieldStyle {
  const said = parameter.style;
  if (said === undefined) return defaultStyles[place];
  const style = styles[place].find((one) => one === said);
  if (style !== undefined) return style;
  if (place === "cookie" && said === "cookie") {
    complain(run, parameter, "style", {
      code: "SP990",
      message: "The style cookie is not enforced yet.",
      fix: "Use form.",
    });
  } else {
    complain(run, parameter, "style", {
      code: "SP191",
      message: `${JSON.stringify(said)} is no style of a ${place} parameter.`,
      fix: `Use ${styles[place].join(" or ")}.`,
    });
  }
  return defaultStyles[place];
}

/** `schema`, or `content` with one media type: then the text is a document of its own, of which JSON is the kind we read. */
function contentOf(run: Lowering, parameter: SpecObject): { readonly json: boolean; readonly schema: Schema } {
  const content = entriesOf(parameter.content);
  const [first] = content;
  if (first === undefined) return { json: false, schema: lowerSchema(run, parameter.schema) };
  const [type, said] = first;
  if (!isJson(mediaTypeOf(type))) {
    complain(run, parameter, "content", {
      code: "SP990",
      message: `A parameter in ${JSON.stringify(type)} is not read yet.`,
      fix: "Use application/json, or schema.",
    });
  }
  return { json: true, schema: lowerSchema(run, schemaIn(run, said)) };
}

/** An annotation at the parameter speaks of its value, so it goes where a schema's own would be. */
function annotated(
  run: Lowering,
  parameter: SpecObject,
  content: ReturnType<typeof contentOf>,
): ReturnType<typeof contentOf> {
  const annotation = parameter["x-sallyport"];
  if (annotation === undefined) return content;
  return { ...content, schema: withSensitivity(content.schema, lowerNote(run, { "x-sallyport": annotation })) };
}

function schemaIn(run: Lowering, media: SpecValue): SpecValue | undefined {
  return objectOf(run.spec.resolve(media).node)?.schema;
}
