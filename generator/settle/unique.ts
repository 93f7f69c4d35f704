/** Something that needs a name. */
export interface Claim {
  /** How the spec knows it: unique, and the order of preference. */
  readonly original: string;
  /** The name it would have if it were alone. */
  readonly wanted: string;
}

/**
 * Gives each claim a name of its own: whoever asks for its own spelling comes first, then by spelling; the others get 2, 3 …
 * The order of the claims does not matter.
 * @param isFree whether a name may be given; told each name that is.
 */
export function nameEach(claims: readonly Claim[], isFree: (name: string) => boolean): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  const taken = new Set<string>();
  const inOrder = [...claims].sort(
    (a, b) => rank(a) - rank(b) || (a.original < b.original ? -1 : a.original > b.original ? 1 : 0),
  );
  for (const { original, wanted } of inOrder) {
    const name = firstFree(wanted, (one) => isFree(one) && !taken.has(folded(one)));
    taken.add(folded(name));
    names.set(original, name);
  }
  return names;
}

/** `wanted`, `wanted_` where the name itself is not free, then `wanted2`, `wanted3` … */
export function firstFree(wanted: string, isFree: (name: string) => boolean): string {
  if (isFree(wanted)) return wanted;
  for (let count = 2; ; count++) if (isFree(`${wanted}${count}`)) return `${wanted}${count}`;
}

/** A reserved name with the suffix that makes it free. */
export function unreserved(name: string, reserved: readonly ReadonlySet<string>[]): string {
  return reserved.some((names) => names.has(name)) ? `${name}_` : name;
}

/** What two names share that a reader, or a file system, does not tell apart. */
export function folded(name: string): string {
  return name.normalize("NFKC").toLowerCase();
}

function rank(claim: Claim): number {
  return claim.original === claim.wanted ? 0 : 1;
}
