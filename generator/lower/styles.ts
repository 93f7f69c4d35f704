import type { FieldPlace, FieldStyle } from "../model/api.js";
import type { SpecObject, SpecValue } from "../model/spec.js";
import { complain, type Lowering } from "./lowering.js";

/** OpenAPI 3.2, 4.12.2.2. */
const defaultStyles = { path: "simple", query: "form", header: "simple", cookie: "form" } as const satisfies Record<
  FieldPlace,
  FieldStyle
>;

const styles: Readonly<Record<FieldPlace, readonly FieldStyle[]>> = {
  path: ["simple", "label", "matrix"],
  query: ["form", "spaceDelimited", "pipeDelimited", "deepObject"],
  header: ["simple"],
  cookie: ["form", "cookie"],
};

export function isPlace(place: string | undefined): place is FieldPlace {
  return place === "path" || place === "query" || place === "header" || place === "cookie";
}

export function styleOf(run: Lowering, parameter: SpecObject, place: FieldPlace): FieldStyle {
  return knownStyle(run, parameter, parameter.style, place) ?? defaultStyles[place];
}

/** The style that an encoding or a parameter names; `undefined` where it names none that its place has. */
export function knownStyle(
  run: Lowering,
  node: SpecObject,
  said: SpecValue | undefined,
  place: FieldPlace,
): FieldStyle | undefined {
  if (said === undefined) return undefined;
  const style = styles[place].find((one) => one === said);
  if (style !== undefined) return style;
  complain(run, node, "style", {
    code: "SP191",
    message: `${JSON.stringify(said)} is no style of a ${place} parameter.`,
    fix: `Use ${styles[place].join(" or ")}.`,
  });
  return undefined;
}
