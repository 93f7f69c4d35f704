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
 * Runs of letters, marks and digits. Everything else separates: also joiners and direction marks, which an identifier of ECMAScript
 * could hold and nobody could see.
 */
function wordsOf(text: string): readonly string[] {
  const words = text.normalize("NFKC").match(/[\p{L}\p{M}\p{N}]+/gu) ?? [];
  const legal = words.map((word) => word.replace(/[^\p{ID_Continue}]/gu, "")).filter((word) => word !== "");
  const shouted = !/\p{Ll}/u.test(text);
  return shouted ? legal.map((word) => word.toLowerCase()) : legal;
}

/** `URLList` → `urlList`, `GetUser` → `getUser`, `ABC` → `abc`. */
function lowerFirst(word: string): string {
  const capitals = /^\p{Lu}+(?!\p{Ll})|^\p{Lu}/u.exec(word)?.[0] ?? "";
  return capitals.toLowerCase() + word.slice(capitals.length);
}

function upperFirst(word: string): string {
  const [first = ""] = word;
  return first.toUpperCase() + word.slice(first.length);
}

function finish(name: string): string {
  const short = [...name].slice(0, longest).join("");
  return /^[\p{ID_Start}_]/u.test(short) ? short : `_${short}`;
}
