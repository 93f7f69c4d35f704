import type { DraftOperation } from "../model/draft.js";
import type { ObjectRule } from "../model/security.js";
import type { SpecObject, SpecValue } from "../model/spec.js";
import { complain, type Lowering } from "./lowering.js";
import { objectOf, sorted, textOf, textsOf } from "./node.js";
import { sourceOf } from "./source.js";

/** Whose object a call may touch. `undefined` where the annotation is absent or says `public`. */
export function lowerObjectRule(
  run: Lowering,
  operation: SpecObject,
  said: SpecValue | undefined,
  request: DraftOperation["request"],
): ObjectRule | undefined {
  const node = objectOf(said);
  if (node === undefined || node.none !== undefined) return undefined;
  const refuse = (code: "SP394" | "SP994", message: string) => complain(run, operation, undefined, { code, message });
  const rule = node.rule ?? "owner";
  if (rule !== "owner" || node.list !== undefined) {
    refuse("SP994", "Of the object rules only the owner of one object is enforced yet.");
    return undefined;
  }
  const id = sourceOf(node.id, request);
  const type = textOf(node.type);
  const owner = objectOf(node.owner);
  const field = textOf(owner?.field);
  const equals = factOf(owner?.equals);
  if (id === undefined || type === undefined || field === undefined || equals === undefined) {
    refuse("SP394", "The object rule needs a type, the id's place among the parameters, and the owner's field.");
    return undefined;
  }
  return { type, id, field, equals, unless: sorted(textsOf(node.unless)), deny: node.deny === 403 ? 403 : 404 };
}

const facts = ["id", "subject", "tenant", "client"] as const;

function factOf(said: SpecValue | undefined): ObjectRule["equals"] | undefined {
  if (said === undefined) return "id";
  return facts.find((fact) => said === `principal.${fact}`);
}
