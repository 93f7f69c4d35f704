import type { DraftOperation } from "../model/draft.js";
import type { SchemaNote } from "../model/schema.js";
import type { MaskedPart } from "../model/security.js";
import { maskOfNote } from "../model/sensitivity.js";
import { strictest } from "./mask.js";
import { byText } from "./node.js";
import type { FindRestricted } from "./restricted.js";

/** What of an operation's input and answers may not be in a log as it is, and how it is shown instead. */
export function lowerSensitivity(
  { request, responses }: Pick<DraftOperation, "request" | "responses">,
  find: FindRestricted,
): readonly MaskedPart[] {
  const fields = [...request.path, ...request.query, ...request.header, ...request.cookie].flatMap((field) =>
    find(field.schema).map((one) => partOf({ in: field.in, name: field.name }, one)),
  );
  const sent = (request.body?.media ?? [])
    .flatMap(({ schema }) => find(schema))
    .map((one) => partOf({ in: "body" }, one));
  const answered = responses
    .flatMap(({ media }) => media.flatMap(({ schema }) => find(schema)))
    .map((one) => partOf({ in: "answer" }, one));
  const parts = new Map<string, MaskedPart>();
  for (const part of [...fields, ...sent, ...answered]) {
    const key = `${part.in} ${part.name ?? ""} ${part.pointer}`;
    const before = parts.get(key);
    // What is sensitive in one of its forms is so in all of them.
    parts.set(key, before === undefined ? part : { ...part, mask: strictest([before.mask, part.mask]) });
  }
  return [...parts].sort(([a], [b]) => byText(a, b)).map(([, part]) => part);
}

function partOf(
  place: Pick<MaskedPart, "in" | "name">,
  { pointer, note }: { readonly pointer: string; readonly note: SchemaNote },
): MaskedPart {
  const enclosing = pointer.replace(/(?:\/\*{1,2})+$/, "");
  // Items of a list and values of a map have no name of their own: what holds them is left out as a whole.
  return { ...place, pointer: enclosing, mask: enclosing === pointer ? maskOfNote(note) : "drop" };
}
