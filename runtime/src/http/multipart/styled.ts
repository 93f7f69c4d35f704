import type { Field, Part } from "../../policy/index.js";
import { decodeQuery, encodeQuery } from "../fields.js";
import { decodeQueryText } from "../percent.js";
import { EncodingError } from "../scalar.js";

/** A part and its text. */
export type Text = readonly [name: string, text: string];

/** The parts that are written in a style, as they would be in a query (OpenAPI 3.2, 4.15.1.2), but that nothing is percent-encoded. */
export function styledOf(parts: readonly Part[]): readonly Field[] {
  return parts.flatMap(({ name, kind, style, explode }) =>
    style === undefined
      ? []
      : [
          {
            name,
            style,
            ...(kind === undefined ? {} : { kind }),
            ...(explode === undefined ? {} : { explode }),
          },
        ],
  );
}

/** Reads the values out of their parts. Names that no part has are kept as texts: a strict schema refuses them. */
export function readStyled(fields: readonly Field[], texts: readonly Text[]): ReturnType<typeof decodeQuery> {
  // What stands between items and names stays what it is; everything else is data.
  const query = texts.map(([name, text]) => `${encode(name)}=${encode(text).replaceAll("%2C", ",")}`);
  return decodeQuery(fields, query.join("&"));
}

/**
 * The parts of a value.
 * @throws EncodingError for what would be taken apart in other places than it was joined.
 */
export function writeStyled(field: Field, value: unknown): readonly Text[] {
  const query = encodeQuery([field], { [field.name]: value });
  if (query === "") return [];
  return query.split("&").map((pair) => {
    const cut = pair.indexOf("=");
    const text = pair.slice(cut + 1);
    refuseDelimiter(field, text);
    return [decodeQueryText(pair.slice(0, cut)), decodeQueryText(text)];
  });
}

const delimiters = {
  spaceDelimited: [/%20/, " "],
  pipeDelimited: [/%7C/, "|"],
  form: [/,/, ","],
} as const;

/** In a query an encoded delimiter is data. In a part nothing is encoded, so data must not hold one. */
function refuseDelimiter({ name, kind, style = "form", explode = style === "form" }: Field, text: string): void {
  if (explode || typeof kind !== "object" || !Object.hasOwn(delimiters, style)) return;
  const [between, mark] = delimiters[style as keyof typeof delimiters];
  if (text.split(between).some((part) => decodeQueryText(part).includes(mark)))
    throw new EncodingError(name, "a value holds the delimiter of its style");
}

function encode(text: string): string {
  return encodeURIComponent(text.replace(/\p{Surrogate}/gu, "\ufffd"));
}
