/**
 * The flags with which ECMA-262 reads a pattern; `undefined` where it is none. JSON Schema core, 6.4: patterns are read as Unicode. Those
 * that only make sense without are read without.
 */
export function flagsOf(pattern: string): string | undefined {
  return ["u", ""].find((flags) => {
    try {
      return new RegExp(pattern, flags) !== undefined;
    } catch {
      return false;
    }
  });
}

/** Whether a pattern of `patternProperties` names a property. What is no pattern is complained of elsewhere, and may name any. */
export function namesProperty(pattern: string, name: string): boolean {
  const flags = flagsOf(pattern);
  return flags === undefined || new RegExp(pattern, flags).test(name);
}
