import type { Encoding } from "../model/api.js";
import type { SpecObject } from "../model/spec.js";
import type { Lowering } from "./lowering.js";
import { mediaTypeOf } from "./media-type.js";
import { entriesOf, objectOf, textOf } from "./node.js";
import { knownStyle } from "./styles.js";

/** The Encoding Objects of a media type, by property (OpenAPI 3.2, 4.15). */
export function lowerEncoding(run: Lowering, media: SpecObject | undefined): readonly Encoding[] {
  return entriesOf(media?.encoding).flatMap(([property, said]) => {
    const node = objectOf(run.spec.resolve(said).node);
    if (node === undefined) return [];
    const { explode, allowReserved } = node;
    const types = textOf(node.contentType)?.split(",").map(mediaTypeOf);
    const style = knownStyle(run, node, node.style, "query");
    return [
      {
        property,
        ...(types === undefined ? {} : { contentType: types }),
        ...(style === undefined ? {} : { style }),
        ...(typeof explode === "boolean" ? { explode } : {}),
        ...(typeof allowReserved === "boolean" ? { allowReserved } : {}),
      },
    ];
  });
}
