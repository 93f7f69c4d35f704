/**
 * Which of two versions is the older one: by their numbers where they have any, and by their letters elsewhere. `v2` is before `v10`,
 * `2026-01-31` before `2026-02-01`.
 */
export function byAge(a: string, b: string): number {
  const left = pieces(a);
  const right = pieces(b);
  for (let at = 0; at < Math.max(left.length, right.length); at++) {
    const order = byPiece(left[at] ?? "", right[at] ?? "");
    if (order !== 0) return order;
  }
  return 0;
}

function pieces(version: string): readonly string[] {
  return version.match(/\d+|\D+/g) ?? [];
}

function byPiece(a: string, b: string): number {
  const numbers = /^\d/.test(a) && /^\d/.test(b) ? Number(a) - Number(b) : 0;
  if (numbers !== 0) return numbers;
  return a === b ? 0 : a < b ? -1 : 1;
}
