/** Long enough for every name a person writes; longer ones make lines nobody reads. */
const longest = 80;

/** `repos/list-for-user` → `reposListForUser`. `undefined` where no letter or digit is in the text. */
export function camelCase(text: string): string | undefined {
  const [first, ...rest] = wordsOf(text);
  return first === undefined ? undefined : finish([lowerFirst(first), ...rest.map(upperFirst)].join(""));
}

/** `simple-user` → `SimpleUser`. */
export function pascalCase(text: string): string | undefined {
  const words = wordsOf(text);
  return words.length === 0 ? undefined : finish(words.map(upperFirst).join(""));
}

/** Whether a text may stand as it is: ASCII, so that no two names look alike, and no longer than ours. */
export function isIdentifier(text: string): boolean {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(text) && text.length <= longest;
}

/**
 * Letters that every compiler knows. A newer Unicode has more, but what Node takes for a letter, the reader's TypeScript may not:
 * these have been letters since Unicode 6. Latin, Greek, Cyrillic, Hebrew, Arabic, Devanagari, Thai, kana, Han, Hangul.
 */
const letter =
  "A-Za-z\\u00C0-\\u00D6\\u00D8-\\u00F6\\u00F8-\\u024F\\u0388-\\u038A\\u038E-\\u03A1\\u03A3-\\u03CE\\u0400-\\u0481\\u048A-\\u0523" +
  "\\u05D0-\\u05EA\\u0621-\\u063A\\u0641-\\u064A\\u0904-\\u0939\\u0E01-\\u0E30\\u3041-\\u3096\\u30A1-\\u30FA" +
  "\\u1E00-\\u1EFF\\u3400-\\u4DB5\\u4E00-\\u9FA5\\uAC00-\\uD7A3";
/** What may follow a letter: digits, and the marks of Arabic, Devanagari, Thai and kana. */
const part = `${letter}0-9\\u064B-\\u0652\\u0901-\\u0903\\u093E-\\u094D\\u0E31-\\u0E3A\\u0E40-\\u0E4E\\u30FC`;
const word = new RegExp(`[${part}]+`, "gu");
const known = new RegExp(`^[${part}]+$`, "u");
const start = new RegExp(`^[${letter}_]`, "u");

/**
 * Runs of letters and digits. Everything else separates: also joiners and direction marks, which an identifier of ECMAScript could
 * hold and nobody could see.
 */
function wordsOf(text: string): readonly string[] {
  const words = text.normalize("NFKC").match(word) ?? [];
  const isShouted = !/\p{Ll}/u.test(text);
  return isShouted ? words.map((one) => one.toLowerCase()) : words;
}

/** `URLList` → `urlList`, `GetUser` → `getUser`, `ABC` → `abc`. */
function lowerFirst(text: string): string {
  const capitals = /^\p{Lu}+(?!\p{Ll})|^\p{Lu}/u.exec(text)?.[0] ?? "";
  return capitals.toLowerCase() + text.slice(capitals.length);
}

function upperFirst(text: string): string {
  const [first = ""] = text;
  const capital = first.toUpperCase();
  // A letter may have been given its capital by a Unicode that compilers do not know yet.
  return (known.test(capital) ? capital : first) + text.slice(first.length);
}

function finish(name: string): string {
  const short = [...name].slice(0, longest).join("");
  return start.test(short) ? short : `_${short}`;
}
