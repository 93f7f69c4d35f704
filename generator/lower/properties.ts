import type { DraftOperation } from "../model/draft.js";
import type { ReadRule, RoleRule, WriteRule } from "../model/security.js";
import type { SpecObject } from "../model/spec.js";
import { complain, type Lowering } from "./lowering.js";
import { byText } from "./node.js";
import type { FindRestricted } from "./restricted.js";
import { type Sent, sentBy } from "./sent.js";

/** An operation, as far as it is lowered. */
interface Ruled extends Pick<DraftOperation, "method" | "path" | "object" | "request" | "responses"> {
  readonly operation: SpecObject;
}

/** Who sees which property of the responses. A rule holds in every response that has the property, errors included. */
export function lowerReadRules(run: Lowering, ruled: Ruled, find: FindRestricted): readonly ReadRule[] {
  const found = ruled.responses
    .flatMap(({ media }) => media.flatMap((one) => find(one.schema)))
    .filter(({ note }) => note.read !== undefined);
  for (const { pointer, required } of found) {
    if (!isProperty(pointer)) refuseWhole(run, ruled, pointer, "read");
    else if (required) {
      const message = `${pointer} is required in the response, and not for every caller to see.`;
      refuse(run, ruled, message, "Take it out of required: who may not see it gets a response without it.");
    }
  }
  return gathered(found, ({ pointer }) => pointer).map(([pointer, all]) => ({
    pointer,
    by: every(all.flatMap(({ note }) => note.read ?? [])),
  }));
}

/** Who may send which property of the request. */
export function lowerWriteRules(run: Lowering, ruled: Ruled, find: FindRestricted): readonly WriteRule[] {
  const sent = sentBy(ruled.request, find);
  for (const one of sent) {
    refuseRead(run, ruled, one);
    checkWrite(run, ruled, one);
  }
  const rules = gathered(sent, (one) => `${one.in} ${one.pointer}`).flatMap(([, all]) => ruleOf(all, ruled));
  return rules.sort((a, b) => byText(`${a.in} ${a.pointer}`, `${b.in} ${b.pointer}`));
}

function refuseRead(run: Lowering, ruled: Ruled, { in: place, pointer, note }: Sent): void {
  if (place === "body" || note.read === undefined) return;
  const fix = "Remove it: a parameter is sent, and not seen.";
  refuse(run, ruled, `read says nothing about the parameter ${pointer}.`, fix);
}

function checkWrite(run: Lowering, ruled: Ruled, { note, pointer, required, in: place }: Sent): void {
  const { write, immutable, onWrite, readOnly } = note;
  if (write === undefined && immutable === undefined && onWrite === undefined) return;
  if (!isProperty(pointer)) return void refuseWhole(run, ruled, pointer, "write");
  if (place === "path") {
    refuse(
      run,
      ruled,
      `${pointer} is part of the path, which every caller sends.`,
      "Say authz of the operation instead.",
    );
  }
  if (readOnly && (write !== undefined || immutable === true)) {
    const fix = "Drop readOnly: it keeps every caller from sending the property.";
    refuse(run, ruled, `${pointer} is readOnly, and has a rule for who may send it.`, fix);
  }
  if (!readOnly && write === undefined && immutable === undefined) {
    refuse(
      run,
      ruled,
      `onWrite says nothing about ${pointer}, which everybody may send.`,
      "Say write, immutable or readOnly, too.",
    );
  }
  if (required && onWrite === "ignore" && !readOnly) {
    const fix = "Take it out of required, or say onWrite: reject.";
    refuse(run, ruled, `${pointer} is required in the request, and ignored when some callers send it.`, fix);
  }
}

function ruleOf(all: readonly Sent[], ruled: Ruled): readonly WriteRule[] {
  const [first] = all;
  if (first === undefined || first.in === "path") return [];
  const notes = all.map((one) => one.note);
  // A property that is readOnly is ignored by the schema itself, unless the author wants to hear of it.
  const closed = notes.some((note) => note.readOnly && note.onWrite === "reject");
  const by = [...(closed ? [{ kind: "deny" } as const] : []), ...notes.flatMap((note) => note.write ?? [])];
  const unchanged = changes(ruled) && notes.some((note) => note.immutable);
  if (by.length === 0 && !unchanged) return [];
  const otherwise = !closed && notes.every((note) => note.onWrite === "ignore") ? "ignore" : "reject";
  return [{ in: first.in, pointer: first.pointer, by: by.length === 0 ? undefined : every(by), unchanged, otherwise }];
}

/**
 * Whether the operation changes an object that is there: POST makes one, unless its path ends with the id of the object that it is
 * about.
 */
function changes({ method, path, object }: Ruled): boolean {
  if (method !== "POST") return true;
  const id = object?.target.kind === "named" ? object.target.id : undefined;
  return id?.in === "path" && path.endsWith(`{${id.name}}`);
}

function isProperty(pointer: string): boolean {
  const last = pointer.split("/").at(-1);
  return pointer !== "" && last !== "*" && last !== "**";
}

function refuseWhole(run: Lowering, ruled: Ruled, pointer: string, word: "read" | "write"): void {
  const what = pointer === "" ? "the whole body" : `every item or value at ${pointer}`;
  refuse(run, ruled, `${word} is said of ${what}.`, "Say it of a property, or say authz of the operation.");
}

function refuse(run: Lowering, { operation, method, path }: Ruled, message: string, fix: string): void {
  complain(run, operation, undefined, { code: "SP397", message: `${method} ${path}: ${message}`, fix });
}

/** All of the rules hold. */
function every(rules: readonly RoleRule[]): RoleRule {
  const distinct = [...new Map(rules.map((one) => [JSON.stringify(one), one])).values()];
  const [only] = distinct;
  return distinct.length === 1 && only !== undefined ? only : { kind: "allRoles", of: distinct };
}

function gathered<T>(all: readonly T[], keyOf: (one: T) => string): readonly (readonly [string, readonly T[]])[] {
  const groups = new Map<string, T[]>();
  for (const one of all) groups.set(keyOf(one), [...(groups.get(keyOf(one)) ?? []), one]);
  return [...groups].sort(([a], [b]) => byText(a, b));
}
