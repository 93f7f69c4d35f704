import type { Assertions, Schema } from "../model/schema.js";
import type { SpecObject, SpecValue } from "../model/spec.js";
import { lowerArrayRule } from "./array-rule.js";
import { lowerDefault } from "./default.js";
import { enter, isResource } from "./dynamic-scope.js";
import { complain, type Lowering } from "./lowering.js";
import { objectOf, textOf } from "./node.js";
import { isPlain, lowerNote, plainNote } from "./note.js";
import { lowerNumberRule } from "./number-rule.js";
import { lowerObjectSchema } from "./object-schema.js";
import { lowerDynamicReference, lowerReference } from "./references.js";
import { lowerStringRule } from "./string-rule.js";
import { constOf, enumOf, schemaListOf, typesOf } from "./values.js";

/** Lifts a Schema Object of any dialect (or a boolean schema) into the one schema of the model. */
export function lowerSchema(run: Lowering, value: SpecValue | undefined): Schema {
  if (value === undefined || value === true) return { kind: "any" };
  if (value === false) return { kind: "never" };
  const node = objectOf(value);
  if (node === undefined) {
    complain(run, undefined, undefined, { code: "SP401", message: "A schema must be an object or a boolean." });
    return { kind: "never" };
  }
  const inside = isResource(node) ? { ...run, scope: enter(run.scope, node, run.anchors) } : run;
  refuseUndecidable(run, node);
  const [target, ...more] = targetsOf(inside, node);
  if (target === undefined) return schemaOf(lowerAssertions(inside, node));
  return lowerWithSiblings(inside, node, [target, ...more]);
}

function targetsOf(run: Lowering, node: SpecObject): readonly Schema[] {
  const [plain, dynamic] = [textOf(node.$ref), textOf(node.$dynamicRef)];
  return [
    ...(plain === undefined ? [] : [lowerReference(run, plain, lowerSchema)]),
    ...(dynamic === undefined ? [] : [lowerDynamicReference(run, dynamic, lowerSchema)]),
  ];
}

/** JSON Schema 2020-12, 8.2.3.1: what stands beside a `$ref` holds too. OpenAPI 3.0 ignores it (4.7.23). */
function lowerWithSiblings(run: Lowering, node: SpecObject, targets: readonly [Schema, ...Schema[]]): Schema {
  const [target, ...more] = targets;
  if (run.spec.dialect === "3.0") return target;
  const siblings = lowerAssertions(run, node);
  if (more.length === 0 && saysNothing(siblings)) return target;
  if (more.length === 0 && target.kind === "ref" && target.siblings === undefined) return { ...target, siblings };
  return { kind: "assertions", assertions: { ...siblings, allOf: [...targets, ...(siblings.allOf ?? [])] } };
}

function schemaOf(assertions: Assertions): Schema {
  return saysNothing(assertions) ? { kind: "any" } : { kind: "assertions", assertions };
}

/** Nothing is asserted, and nothing is noted that anything depends on. */
function saysNothing(assertions: Assertions): boolean {
  return Object.keys(assertions).length === 1 && isPlain(assertions.note);
}

function lowerAssertions(run: Lowering, node: SpecObject): Assertions {
  const note = lowerNote(run, node);
  const fallback = lowerDefault(run, node);
  const rules = lowerRules(run, node);
  if (node.nullable !== true) return { ...rules, ...fallback, note };
  warnOfNullable(run, node);
  return { ...orNull(rules), ...fallback, note };
}

type Rules = Omit<Assertions, "note" | "default">;

function lowerRules(run: Lowering, node: SpecObject): Rules {
  const types = typesOf(run, node);
  const rules = {
    types,
    const: constOf(node),
    enum: enumOf(run, node),
    string: lowerStringRule(run, node, types),
    number: lowerNumberRule(run, node, types),
    array: lowerArrayRule(run, node, lowerSchema),
    object: lowerObjectSchema(run, node, lowerSchema),
    allOf: schemaListOf(run, node, "allOf", lowerSchema),
    anyOf: schemaListOf(run, node, "anyOf", lowerSchema),
    oneOf: schemaListOf(run, node, "oneOf", lowerSchema),
    not: node.not === undefined ? undefined : lowerSchema(run, node.not),
    conditional: conditionalOf(run, node),
  };
  return withoutAbsent(rules);
}

/** JSON Schema 2020-12, 10.2.2: `then` and `else` say nothing without `if`. */
function conditionalOf(run: Lowering, node: SpecObject): Assertions["conditional"] {
  if (node.if === undefined) return undefined;
  const branch = (key: "then" | "else") => (node[key] === undefined ? {} : { [key]: lowerSchema(run, node[key]) });
  return { if: lowerSchema(run, node.if), ...branch("then"), ...branch("else") };
}

/** `nullable` as its authors mean it: null is allowed, whatever else the schema says of the value. */
function orNull(rules: Rules): Rules {
  const { types, enum: allowed, ...others } = rules;
  const composed = others.const ?? others.allOf ?? others.anyOf ?? others.oneOf ?? others.not ?? others.conditional;
  if (composed !== undefined) {
    const isNull: Schema = { kind: "assertions", assertions: { types: ["null"], note: plainNote } };
    return { anyOf: [{ kind: "assertions", assertions: { ...rules, note: plainNote } }, isNull] };
  }
  return {
    ...(types === undefined ? {} : { types: types.includes("null") ? types : [...types, "null" as const] }),
    ...(allowed === undefined ? {} : { enum: allowed.includes(null) ? allowed : [...allowed, null] }),
    ...others,
  };
}

function warnOfNullable(run: Lowering, node: SpecObject): void {
  if (run.spec.dialect === "3.0") return;
  complain(run, node, "nullable", {
    code: "SP402",
    severity: "warning",
    message: `nullable is no keyword of OpenAPI ${run.spec.dialect}. It is read as it was meant in 3.0.`,
    fix: 'Add "null" to the list of types.',
  });
}

/** Keywords whose meaning hangs on how a schema was reached, and one that 2020-12 took away: none is dropped in silence. */
const undecidable: Readonly<Record<string, string>> = {
  $recursiveRef: "Use $ref.",
  dependencies: "Use dependentRequired or dependentSchemas.",
  additionalItems: "Use prefixItems and items.",
};

function refuseUndecidable(run: Lowering, node: SpecObject): void {
  for (const [keyword, fix] of Object.entries(undecidable)) {
    if (node[keyword] === undefined) continue;
    complain(run, node, keyword, {
      code: "SP403",
      message: `${keyword} cannot be checked by the emitted schemas.`,
      fix,
    });
  }
}

function withoutAbsent(rules: { readonly [K in keyof Rules]-?: Rules[K] | undefined }): Rules {
  return Object.fromEntries(Object.entries(rules).filter(([, rule]) => rule !== undefined));
}
