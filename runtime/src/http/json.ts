/** A JSON text, read; or what makes it unreadable. */
export type JsonReading = { readonly value: unknown } | { readonly fault: string };

const quote = 0x22;
const backslash = 0x5c;

/**
 * Reads a JSON text as RFC 8259 and I-JSON (RFC 7493, 2) have it, and refuses what parsers disagree about: nesting beyond
 * `depth`, duplicate names, lone surrogates, numbers beyond double precision, and the name `__proto__` (R31 to R34). Objects of
 * the value have no prototype, so that `{}` does not satisfy a required `toString`.
 * @param depth how deep arrays and objects may nest; a scalar is 0 deep.
 */
export function parseJson(text: string, depth: number): JsonReading {
  const outline = scan(text, depth);
  if (outline === undefined) return { fault: `The JSON is nested deeper than ${depth}.` };
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return { fault: "The text is not JSON." };
  }
  return strict(parsed, depth, outline.names, outline.escapedSurrogates);
}

/** Applies the same strictness to a value that another layer has parsed. */
export function adoptJson(value: unknown, depth: number): JsonReading {
  return strict(value, depth, undefined, true);
}

interface Outline {
  /** Colons outside strings: in a valid text one for each name. */
  readonly names: number;
  readonly escapedSurrogates: boolean;
}

/** One pass before parsing: the depth is known before anything recursive runs. Invalid text may give any outline; it fails later. */
function scan(text: string, limit: number): Outline | undefined {
  let names = 0;
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === quote) {
      at = endOfString(text, at);
    } else if (code === 0x3a) {
      names++;
    } else if (code === 0x7b || code === 0x5b) {
      if (++depth > limit) return undefined;
    } else if (code === 0x7d || code === 0x5d) {
      depth--;
    }
  }
  return { names, escapedSurrogates: /\\u[dD][89a-fA-F]/.test(text) };
}

function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === quote) return at;
    if (code === backslash) at++;
  }
  return text.length;
}

class Unreadable extends Error {}

function strict(parsed: unknown, depth: number, names: number | undefined, surrogates: boolean): JsonReading {
  let members = 0;
  const checkText = (text: string) => {
    if (surrogates && /\p{Surrogate}/u.test(text)) throw new Unreadable("A string holds a lone surrogate.");
  };
  const copy = (value: unknown, level: number): unknown => {
    if (typeof value === "string") checkText(value);
    // RFC 7493, 2.2: JSON.parse makes Infinity of 1e400, and JSON.stringify makes null of that.
    if (typeof value === "number" && !Number.isFinite(value)) throw new Unreadable("A number is out of range.");
    if (typeof value !== "object" || value === null) return value;
    if (level >= depth) throw new Unreadable(`The JSON is nested deeper than ${depth}.`);
    if (Array.isArray(value)) return value.map((item) => copy(item, level + 1));
    const bare: Record<string, unknown> = { __proto__: null };
    for (const [name, member] of Object.entries(value)) {
      if (name === "__proto__") throw new Unreadable("A name is not allowed.");
      checkText(name);
      members++;
      bare[name] = copy(member, level + 1);
    }
    return bare;
  };
  try {
    const value = copy(parsed, 0);
    // RFC 8259, 4: the last duplicate wins here and the first one elsewhere. Fewer members than names means that some were.
    if (names !== undefined && members !== names) return { fault: "An object has a name twice." };
    return { value };
  } catch (thrown) {
    if (thrown instanceof Unreadable) return { fault: thrown.message };
    throw thrown;
  }
}
