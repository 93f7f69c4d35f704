import type { DraftField, DraftOperation } from "../model/draft.js";
import type { Schema } from "../model/schema.js";
import type { IdPlace, ObjectRule, ObjectTarget, Ownership } from "../model/security.js";
import type { SpecObject, SpecValue } from "../model/spec.js";
import { type Lists, listsAt } from "./lists.js";
import { complain, type Lowering } from "./lowering.js";
import type { Components } from "./mask.js";
import { objectOf, sorted, textOf, textsOf } from "./node.js";
import { sourceOf } from "./source.js";

/** An operation, as far as it is lowered. */
interface Ruled extends Pick<DraftOperation, "request" | "responses"> {
  readonly operation: SpecObject;
}

/** Whose object a call may touch. `undefined` where the annotation is absent or says `public`. */
export function lowerObjectRule(
  run: Lowering,
  ruled: Ruled,
  said: SpecValue | undefined,
  components: Components,
): ObjectRule | undefined {
  const node = objectOf(said);
  if (node === undefined || node.none !== undefined) return undefined;
  const refuse: Refuse = (message, fix) => {
    complain(run, ruled.operation, undefined, { code: "SP394", message, ...(fix === undefined ? {} : { fix }) });
    return undefined;
  };
  const type = textOf(node.type);
  const whose = ownershipOf(node, refuse);
  const target =
    node.list === undefined ? named(node, ruled, components, refuse) : listed(node, ruled, components, refuse);
  if (type === undefined) refuse("The object rule needs a type.");
  if (type === undefined || whose === undefined || target === undefined) return undefined;
  if (whose.kind === "custom" && target.kind === "listed" && target.list === "filter") {
    refuse("A rule of your own gives no scope to filter a list by.", "Say list: assert: every item is then judged.");
  }
  return { type, whose, target, unless: sorted(textsOf(node.unless)) };
}

type Refuse = (message: string, fix?: string) => undefined;

function ownershipOf(node: SpecObject, refuse: Refuse): Ownership | undefined {
  const rule = textOf(node.rule) ?? "owner";
  const [, name] = /^custom:(.+)$/s.exec(rule) ?? [];
  if (name !== undefined) return { kind: "custom", rule: name };
  const owner = objectOf(node.owner);
  const field = textOf(owner?.field);
  const equals = factOf(owner?.equals);
  if (field === undefined || equals === undefined)
    return refuse("The object rule needs the owner's field.", "Say owner: {field: customerId}.");
  if (rule !== "tenant") return { kind: "owner", field, equals };
  if (owner?.equals !== undefined && equals !== "tenant")
    return refuse("The rule tenant compares with principal.tenant.", "Drop equals, or say rule: owner.");
  return { kind: "tenant", field };
}

const facts = ["id", "subject", "tenant", "client"] as const;

function factOf(said: SpecValue | undefined): (typeof facts)[number] | undefined {
  if (said === undefined) return "id";
  return facts.find((fact) => said === `principal.${fact}`);
}

function named(node: SpecObject, ruled: Ruled, components: Components, refuse: Refuse): ObjectTarget | undefined {
  const place = placeOf(node.id, ruled.request);
  if (place === undefined) return refuse("The object rule needs the id's place in the request.");
  const { lists, many } = placedLists(place, ruled.request, components);
  if (lists.kind === "unknown") return refuse(`The body has no ${place.name}.`);
  if (lists.kind === "mixed")
    return refuse(`${textOf(node.id)} is an id in one form of the request, and a list of ids in another.`);
  // Each id is one load: a caller must not choose how many.
  if (lists.unbounded)
    return refuse(`${textOf(node.id)} is a list of ids without a bound.`, "Give it maxItems: each id is looked up.");
  return { kind: "named", id: place, many, deny: node.deny === 403 ? 403 : 404 };
}

function placeOf(said: SpecValue | undefined, request: DraftOperation["request"]): IdPlace | undefined {
  const [, pointer] = /^body:(\/.*)$/s.exec(textOf(said) ?? "") ?? [];
  return pointer === undefined ? sourceOf(said, request) : { in: "body", name: pointer };
}

function placedLists(place: IdPlace, request: DraftOperation["request"], components: Components) {
  const schemas: readonly Schema[] =
    place.in === "body"
      ? (request.body?.media ?? []).map((one) => one.schema)
      : fieldsOf(place, request).map((one) => one.schema);
  const pointer = place.in === "body" ? place.name : "";
  const lists = together(schemas.map((schema) => listsAt(schema, pointer, components)));
  return { lists, many: lists.kind === "list" || pointer.split("/").includes("*") };
}

function fieldsOf(place: IdPlace, request: DraftOperation["request"]): readonly DraftField[] {
  return place.in === "body" ? [] : request[place.in].filter((one) => one.name === place.name);
}

function together(all: readonly Lists[]): Lists {
  const [first, ...others] = all;
  if (first === undefined) return { kind: "unknown", unbounded: false };
  const kind = others.every((one) => one.kind === first.kind) ? first.kind : "mixed";
  return { kind, unbounded: all.some((one) => one.unbounded) };
}

function listed(node: SpecObject, ruled: Ruled, components: Components, refuse: Refuse): ObjectTarget | undefined {
  const items = textOf(node.items) ?? "";
  const successes = ruled.responses.filter(({ status }) => status.startsWith("2"));
  const schemas = successes.flatMap(({ media }) => media.map((one) => one.schema));
  if (together(schemas.map((schema) => listsAt(schema, items, components))).kind !== "list") {
    const where = items === "" ? "A successful response is" : `At ${items} a successful response has`;
    return refuse(`${where} no list.`, "Say where the list stands in it: items: /data.");
  }
  return { kind: "listed", list: node.list === "filter" ? "filter" : "assert", items };
}
