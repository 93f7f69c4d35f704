/** The longest text of the spec that is kept in prose, in characters: the spec has the rest. */
const longest = 600;

/** A text on one line, with nothing in it that a reader could not see or that could turn its direction. */
export function inline(value: string): string {
  return cut(value)
    .replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, " ")
    .replace(/[\p{Cf}\p{Cs}\p{Co}\p{Cn}]/gu, "")
    .replace(/ {2,}/g, " ")
    .trim();
}

function cut(value: string): string {
  const characters = value.length > longest ? [...value.slice(0, longest * 2)] : undefined;
  return characters === undefined || characters.length <= longest
    ? value
    : `${characters.slice(0, longest).join("").trimEnd()}…`;
}
