/** So many answers are remembered, of texts no longer than that. */
const most = 1_000;
const longest = 256;

/**
 * Remembers what a function made of a text: the same few texts come again and again. Texts that callers choose cannot fill the memory: when there
 * are too many, all are forgotten.
 */
export function recent<T>(make: (text: string) => T): (text: string) => T {
  const known = new Map<string, T>();
  return (text) => {
    const found = known.get(text);
    if (found !== undefined) return found;
    const made = make(text);
    if (text.length > longest) return made;
    if (known.size >= most) known.clear();
    known.set(text, made);
    return made;
  };
}
