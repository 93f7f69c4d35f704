import type { Media } from "../model/api.js";
import type { Schema } from "../model/schema.js";
import type { SpecValue } from "../model/spec.js";
import { complain, type Lowering } from "./lowering.js";
import { entriesOf, objectOf } from "./node.js";
import { plainNote } from "./note.js";
import { lowerSchema } from "./schema.js";

/** RFC 9110, 8.3.1: type and subtype have no case; parameters do not tell schemas apart here. */
export function mediaTypeOf(written: string): string {
  return (written.split(";", 1)[0] ?? "").trim().toLowerCase();
}

/** `application/json`, or the `+json` suffix (RFC 6839). */
export function isJson(type: string): boolean {
  return type === "application/json" || /^[^/]+\/[^/]+\+json$/.test(type);
}

/** A `content` map, in the order of the spec: the first is the preferred one. */
export function lowerContent(run: Lowering, content: SpecValue | undefined): readonly Media[] {
  const byType = new Map<string, Schema>();
  for (const [written, said] of entriesOf(content)) {
    const type = mediaTypeOf(written);
    const schema = lowerMedia(run, said);
    const other = byType.get(type);
    byType.set(type, other === undefined ? schema : either(other, schema));
  }
  return [...byType].map(([type, schema]) => ({ type, schema }));
}

function lowerMedia(run: Lowering, said: SpecValue): Schema {
  const media = objectOf(run.spec.resolve(said).node);
  if (media?.itemSchema !== undefined) {
    complain(run, media, "itemSchema", {
      code: "SP991",
      message: "A stream of items (itemSchema) is not enforced yet.",
      fix: "Leave the operation out, or describe the whole content with schema.",
    });
  }
  return lowerSchema(run, media?.schema);
}

/** Two entries that differ by a parameter only (`charset`, `profile`): either may come. */
function either(one: Schema, other: Schema): Schema {
  return { kind: "assertions", assertions: { anyOf: [one, other], note: plainNote } };
}
