import type { Encoding, PartList } from "../model/api.js";
import type { SpecObject, SpecValue } from "../model/spec.js";
import type { Lowering } from "./lowering.js";
import { mediaTypeOf } from "./media-type.js";
import { entriesOf, listOf, objectOf, textOf } from "./node.js";
import { knownStyle } from "./styles.js";

/** The Encoding Objects of a media type, by property (OpenAPI 3.2, 4.15). */
export function lowerEncoding(run: Lowering, media: SpecObject | undefined): readonly Encoding[] {
  return entriesOf(media?.encoding).flatMap(([property, said]) => {
    const node = objectOf(run.spec.resolve(said).node);
    return node === undefined ? [] : [encodingOf(run, property, node)];
  });
}

function encodingOf(run: Lowering, property: string, node: SpecObject): Encoding {
  const { explode, allowReserved } = node;
  const types = textOf(node.contentType)?.split(",").map(mediaTypeOf);
  const style = knownStyle(run, node, node.style, "query");
  return {
    property,
    ...(types === undefined ? {} : { contentType: types }),
    ...(style === undefined ? {} : { style }),
    ...(typeof explode === "boolean" ? { explode } : {}),
    ...(typeof allowReserved === "boolean" ? { allowReserved } : {}),
  };
}

/** How parts without names are encoded; `undefined` where the parts have names. */
export function lowerPartList(run: Lowering, media: SpecObject | undefined): PartList | undefined {
  if (media === undefined) return undefined;
  const { itemSchema, prefixEncoding, itemEncoding } = media;
  const isList = [itemSchema, prefixEncoding, itemEncoding].some((one) => one !== undefined);
  if (!isList && objectOf(run.spec.resolve(media.schema).node)?.type !== "array") return undefined;
  const said = (one: SpecValue) => encodingOf(run, "", objectOf(run.spec.resolve(one).node) ?? {});
  return {
    stream: itemSchema !== undefined,
    prefix: (listOf(prefixEncoding) ?? []).map(said),
    ...(itemEncoding === undefined ? {} : { rest: said(itemEncoding) }),
  };
}
