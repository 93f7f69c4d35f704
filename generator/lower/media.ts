import type { Media } from "../model/api.js";
import type { Schema } from "../model/schema.js";
import type { SpecValue } from "../model/spec.js";
import { isItems } from "./codec.js";
import { lowerEncoding, lowerPartList } from "./encoding.js";
import { lowerItems } from "./items.js";
import type { Lowering } from "./lowering.js";
import { mediaTypeOf } from "./media-type.js";
import { entriesOf, objectOf } from "./node.js";
import { plainNote } from "./note.js";
import { lowerSchema } from "./schema.js";

/** A `content` map, in the order of the spec: the first is the preferred one. */
export function lowerContent(run: Lowering, content: SpecValue | undefined): readonly Media[] {
  const byType = new Map<string, Media>();
  for (const [written, said] of entriesOf(content)) {
    const type = mediaTypeOf(written);
    const media = lowerMedia(run, type, said);
    const other = byType.get(type);
    byType.set(type, other === undefined ? media : { ...media, schema: either(other.schema, media.schema) });
  }
  return [...byType.values()];
}

function lowerMedia(run: Lowering, type: string, said: SpecValue): Media {
  const media = objectOf(run.spec.resolve(said).node);
  if (isItems(type)) return lowerItems(run, type, media);
  const encoding = lowerEncoding(run, media);
  const list = type.startsWith("multipart/") ? lowerPartList(run, media) : undefined;
  if (list === undefined) return { type, schema: lowerSchema(run, media?.schema), encoding };
  return { type, schema: lowerSchema(run, list.stream ? media?.itemSchema : media?.schema), encoding, list };
}

/** Two entries that differ by a parameter only (`charset`, `profile`): either may come. */
function either(one: Schema, other: Schema): Schema {
  return { kind: "assertions", assertions: { anyOf: [one, other], note: plainNote } };
}
