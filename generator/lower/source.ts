import type { DraftOperation } from "../model/draft.js";
import type { SpecValue } from "../model/spec.js";
import { textOf } from "./node.js";

/** A parameter, as annotations name it: `path:orderId`. */
export interface Source {
  readonly in: "path" | "query" | "header";
  readonly name: string;
}

/** The parameter that an annotation names, spelt as the spec spells it; `undefined` where the operation has none such. */
export function sourceOf(said: SpecValue | undefined, request: DraftOperation["request"]): Source | undefined {
  const [, place, name] = /^(path|query|header):(.+)$/s.exec(textOf(said) ?? "") ?? [];
  if (name === undefined || (place !== "path" && place !== "query" && place !== "header")) return undefined;
  const isMeant = (other: string) => (place === "header" ? other.toLowerCase() === name.toLowerCase() : other === name);
  const field = request[place].find((one) => isMeant(one.name));
  return field === undefined ? undefined : { in: place, name: field.name };
}
