import { use } from "../../code/identifier.js";
import type { Code } from "../../code/layout.js";
import { literal } from "../../code/literal.js";
import { call, type Entry, object } from "../../code/shapes.js";
import type { ObjectRule, ObjectTarget, Ownership } from "../../model/security.js";
import { modules } from "../names.js";

/** Whose object a call may touch. */
export function objectCode({ type, whose, target, unless }: ObjectRule): Code {
  const rule: readonly Entry[] = [
    ...targetEntries(target),
    ...ownershipEntries(whose),
    ...(unless.length > 0 ? [{ key: "unless", value: literal(unless) }] : []),
    ...(target.kind === "named" && target.deny !== 404 ? [{ key: "deny", value: literal(target.deny) }] : []),
  ];
  return call(use(whose.kind, modules.policy), [literal(type), object(rule)]);
}

function targetEntries(target: ObjectTarget): readonly Entry[] {
  if (target.kind === "named") {
    return [
      { key: "id", value: literal(`${target.id.in}:${target.id.name}`) },
      ...(target.many ? [{ key: "many", value: literal(true) }] : []),
    ];
  }
  return [
    { key: "list", value: literal(target.list) },
    ...(target.items === "" ? [] : [{ key: "items", value: literal(target.items) }]),
  ];
}

function ownershipEntries(whose: Ownership): readonly Entry[] {
  switch (whose.kind) {
    case "owner":
      return [
        { key: "field", value: literal(whose.field) },
        ...(whose.equals === "id" ? [] : [{ key: "equals", value: literal(whose.equals) }]),
      ];
    case "tenant":
      return [{ key: "field", value: literal(whose.field) }];
    case "custom":
      return [{ key: "rule", value: literal(whose.rule) }];
    default:
      return whose satisfies never;
  }
}
