import type { MaskStyle, Schema, SchemaNote, Sensitivity } from "../model/schema.js";
import type { UrlRule } from "../model/security.js";
import type { SpecObject, SpecValue } from "../model/spec.js";
import { complain, type Lowering } from "./lowering.js";
import { objectOf, textOf, textsOf } from "./node.js";
import { lowerPropertyRule } from "./roles.js";

/** The note of a schema that says nothing beside its assertions. */
export const plainNote: SchemaNote = { deprecated: false, readOnly: false, writeOnly: false, sensitivity: "public" };

/** Nothing is noted that a check, a mask or a type depends on. */
export function isPlain(note: SchemaNote): boolean {
  return (
    !note.deprecated &&
    !note.readOnly &&
    !note.writeOnly &&
    note.sensitivity === "public" &&
    note.mask === undefined &&
    !restricts(note)
  );
}

/** Whether a value is not everybody's to see and to send, or not any value. */
export function restricts({ read, write, immutable, onWrite, url }: SchemaNote): boolean {
  return read !== undefined || write !== undefined || immutable === true || onWrite !== undefined || url !== undefined;
}

export function lowerNote(run: Lowering, node: SpecObject): SchemaNote {
  const title = textOf(node.title);
  const description = textOf(node.description);
  const mask = maskOf(run, node);
  return {
    ...(title === undefined ? {} : { title }),
    ...(description === undefined ? {} : { description }),
    deprecated: node.deprecated === true,
    readOnly: node.readOnly === true,
    writeOnly: node.writeOnly === true,
    sensitivity: sensitivityOf(run, node),
    ...(mask === undefined ? {} : { mask }),
    ...rulesOf(objectOf(node["x-sallyport"])),
  };
}

/** Who may see a value, and who may send it. What is no expression of the vocabulary denies. */
function rulesOf(said: SpecObject | undefined): Pick<SchemaNote, "read" | "write" | "immutable" | "onWrite" | "url"> {
  if (said === undefined) return {};
  const { read, write, immutable, onWrite } = said;
  return {
    ...(read === undefined ? {} : { read: lowerPropertyRule(read) }),
    ...(write === undefined ? {} : { write: lowerPropertyRule(write) }),
    ...(immutable === true ? { immutable } : {}),
    ...(onWrite === undefined ? {} : { onWrite: onWrite === "ignore" ? "ignore" : "reject" }),
    ...(said.url === undefined ? {} : { url: urlRuleOf(said.url) }),
  };
}

/** What is left out is the strict default. */
function urlRuleOf(said: SpecValue): UrlRule {
  const { schemes, hosts, private: privately } = objectOf(said) ?? {};
  return {
    schemes: schemes === undefined ? ["https"] : textsOf(schemes),
    hosts: hosts === undefined ? undefined : textsOf(hosts),
    private: privately === "allow" ? "allow" : "deny",
  };
}

/** A schema whose value is treated as another note says, if that one says anything. */
export function withTreatment(schema: Schema, note: SchemaNote): Schema {
  const { sensitivity, mask, read, write, immutable, onWrite, url } = note;
  const said = {
    ...(sensitivity === "public" ? {} : { sensitivity }),
    ...(mask === undefined ? {} : { mask }),
    ...(read === undefined ? {} : { read }),
    ...(write === undefined ? {} : { write }),
    ...(immutable === undefined ? {} : { immutable }),
    ...(onWrite === undefined ? {} : { onWrite }),
    ...(url === undefined ? {} : { url }),
  };
  if (Object.keys(said).length === 0 || schema.kind === "never") return schema;
  if (schema.kind === "any") return { kind: "assertions", assertions: { note: { ...plainNote, ...said } } };
  if (schema.kind === "ref")
    return { ...schema, siblings: { ...schema.siblings, note: { ...(schema.siblings?.note ?? plainNote), ...said } } };
  return { ...schema, assertions: { ...schema.assertions, note: { ...schema.assertions.note, ...said } } };
}

const sensitivities: readonly Sensitivity[] = ["public", "internal", "pii", "secret"];
const masks: readonly MaskStyle[] = ["last4", "hash", "drop", "full"];

/** What the author says; else what `format: password` and `x-ms-secret` say, which ask for the same thing. */
export function sensitivityOf(run: Lowering, node: SpecObject): Sensitivity {
  const said = objectOf(node["x-sallyport"])?.sensitivity;
  if (said === undefined) return node["x-ms-secret"] === true || node.format === "password" ? "secret" : "public";
  return oneOf(run, node, "sensitivity", said, sensitivities) ?? "secret";
}

export function maskOf(run: Lowering, node: SpecObject): MaskStyle | undefined {
  const said = objectOf(node["x-sallyport"])?.mask;
  return said === undefined ? undefined : (oneOf(run, node, "mask", said, masks) ?? "drop");
}

// The vocabulary has refused other words already; a spec that comes here around it is refused again.
function oneOf<T extends string>(
  run: Lowering,
  node: SpecObject,
  key: string,
  said: unknown,
  words: readonly T[],
): T | undefined {
  const word = words.find((one) => one === said);
  if (word === undefined)
    complain(run, node, "x-sallyport", { code: "SP407", message: `${key} must be one of ${words.join(", ")}.` });
  return word;
}
