/** A flat header section by name, for hosts that keep all lines of one name together. A single line stands alone. */
export function linesOf(flat: readonly string[]): ReadonlyMap<string, string | string[]> {
  const lines = new Map<string, string | string[]>();
  for (let at = 0; at < flat.length; at += 2) {
    const [name = "", value = ""] = flat.slice(at, at + 2);
    const before = lines.get(name);
    lines.set(name, before === undefined ? value : [before, value].flat());
  }
  return lines;
}
