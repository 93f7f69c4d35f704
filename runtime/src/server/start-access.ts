import { tokensOf } from "../http/pointer.js";
import type { Field, ObjectRule, Wire } from "../policy/index.js";
import type { OperationContract } from "./contract.js";
import { speaksOfOwner } from "./roles.js";
import type { Flaw } from "./start-handlers.js";

/** An object rule that could not be judged. */
export function checkObject({ policy: { object, authz }, wire }: OperationContract, flaw: Flaw): void {
  if (authz !== undefined && speaksOfOwner(authz))
    flaw("authz speaks of an owner, whom nobody knows before the object is loaded.");
  if (object === undefined) return;
  if (object.kind !== "owner" && object.kind !== "tenant" && object.kind !== "custom")
    flaw("the object rule is none of ours.");
  if ("list" in object) checkList(object, flaw);
  else if (!hasPlace(wire, object.id)) flaw(`the object rule names ${object.id}, which is no parameter.`);
}

function checkList(object: ObjectRule & { readonly list: string }, flaw: Flaw): void {
  if (object.list !== "filter" && object.list !== "assert") flaw("a list of objects is filtered or asserted.");
  if (object.list === "filter" && object.kind === "custom")
    flaw("a rule of your own gives no scope to filter a list by.");
}

function hasPlace(wire: Wire, from: string): boolean {
  const cut = from.indexOf(":");
  const part = from.slice(0, cut);
  if (part === "body") return wire.body !== undefined && from.startsWith("body:/");
  const fields: readonly Field[] = part === "path" || part === "query" || part === "header" ? (wire[part] ?? []) : [];
  return fields.some((field) => field.name === from.slice(cut + 1));
}

/** A place that does not end with a name selects nothing, and so would hide nothing. */
export function checkProperties({ policy }: OperationContract, flaw: Flaw): void {
  for (const place of Object.keys(policy.read ?? {})) {
    if (!namesProperty(place)) flaw(`read: ${place} names no property.`);
  }
  for (const place of Object.keys(policy.write ?? {})) {
    const [, pointer = ""] = /^(?:body|query|header|cookie):(\/.*)$/s.exec(place) ?? [];
    if (!namesProperty(pointer)) flaw(`write: ${place} names no property.`);
  }
}

function namesProperty(pointer: string): boolean {
  const last = tokensOf(pointer).at(-1);
  return last !== undefined && last !== "*" && last !== "**";
}
