import type { DraftOperation } from "../model/draft.js";
import { escaped } from "../model/json-pointer.js";
import { isItems } from "./codec.js";
import type { FindRestricted, Restricted } from "./restricted.js";

/** A part of a request of which something is said. */
export interface Sent extends Restricted {
  readonly in: "path" | "query" | "header" | "cookie" | "body";
}

/** Every part of a request of which something is said: of a parameter, its pointer begins with the name. */
export function sentBy(
  { path, query, header, cookie, body }: DraftOperation["request"],
  find: FindRestricted,
): readonly Sent[] {
  const fields = [...path, ...query, ...header, ...cookie].flatMap((field) =>
    find(field.schema).map((one) => ({
      ...one,
      in: field.in,
      pointer: `/${escaped(field.name)}${one.pointer}`,
      required: one.pointer === "" ? field.required : one.required,
    })),
  );
  const content = (body?.media ?? []).flatMap((media) => {
    // The schema is of one item then. It stands where it would stand in a list of all of them.
    const before = isItems(media.type) || media.list?.stream === true ? "/*" : "";
    return find(media.schema).map((one) => ({ ...one, pointer: `${before}${one.pointer}` }));
  });
  return [...fields, ...content.map((one) => ({ ...one, in: "body" as const }))];
}
