/** Whether a name comes twice in a flat header section. Few do, and a section is short: to look is cheaper than to sort. */
export function hasTwins(flat: readonly string[]): boolean {
  for (let at = 2; at < flat.length; at += 2)
    for (let before = 0; before < at; before += 2) if (flat[before] === flat[at]) return true;
  return false;
}

/** A flat header section by name, for hosts that keep all lines of one name together. A single line stands alone. */
export function linesOf(flat: readonly string[]): ReadonlyMap<string, string | string[]> {
  const lines = new Map<string, string | string[]>();
  for (let at = 0; at < flat.length; at += 2) {
    const name = flat[at] ?? "";
    const value = flat[at + 1] ?? "";
    const before = lines.get(name);
    if (before === undefined) lines.set(name, value);
    else lines.set(name, typeof before === "string" ? [before, value] : [...before, value]);
  }
  return lines;
}
