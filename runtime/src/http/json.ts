import { isMoment } from "../policy/index.js";
import { endOfString, readWide } from "./exact.js";

/** A JSON text, read; or what makes it unreadable. */
export type JsonReading = { readonly value: unknown } | { readonly fault: string };

/** How broad JSON may be: what validates it looks at each member and item. */
export interface Breadth {
  readonly keys: number;
  readonly items: number;
}

const boundless: Breadth = { keys: Number.POSITIVE_INFINITY, items: Number.POSITIVE_INFINITY };

const quote = 0x22;

/**
 * Reads a JSON text as RFC 8259 and I-JSON (RFC 7493, 2) have it, and refuses what parsers disagree about: nesting beyond
 * `depth`, duplicate names, lone surrogates, numbers beyond double precision, and the name `__proto__` (R31 to R34). Objects of
 * the value have no prototype, so that `{}` does not satisfy a required `toString`.
 * @param depth how deep arrays and objects may nest; a scalar is 0 deep.
 * @param breadth how many members an object, and how many items an array may have.
 * @param exact whether integers that a number cannot hold are `WideInteger`s.
 */
export function parseJson(text: string, depth: number, breadth: Breadth = boundless, exact = false): JsonReading {
  const outline = scan(text, depth);
  if (outline === undefined) return { fault: `The JSON is nested deeper than ${depth}.` };
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return { fault: "The text is not JSON." };
  }
  const stripped = strip(parsed, outline.escapedSurrogates, breadth);
  if (typeof stripped === "string") return { fault: stripped };
  // RFC 8259, 4: the last duplicate wins here and the first one elsewhere. Fewer members than names means that some were.
  if (stripped !== outline.names) return { fault: "An object has a name twice." };
  return (exact ? readWide(text) : undefined) ?? { value: parsed };
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
  // Most texts escape nothing: then the next quote ends a string, and to look for it is cheaper than to look at each character.
  const escapes = text.includes("\\");
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === quote) {
      const end = escapes ? endOfString(text, at) : text.indexOf('"', at + 1);
      at = end === -1 ? text.length : end;
    } else if (code === 0x3a) {
      names++;
    } else if (code === 0x7b || code === 0x5b) {
      if (++depth > limit) return undefined;
    } else if (code === 0x7d || code === 0x5d) {
      depth--;
    }
  }
  return { names, escapedSurrogates: escapes && /\\u[dD][89a-fA-F]/.test(text) };
}

/**
 * Takes the prototypes away from a value that is nobody else's, which is cheaper than to copy it. `JSON.parse` has bounded its depth.
 * @returns how many members its objects have; or what is wrong with it.
 */
function strip(value: unknown, surrogates: boolean, breadth: Breadth): number | string {
  if (typeof value === "string") return textFault(value, surrogates) ?? 0;
  if (typeof value === "number") return numberFault(value) ?? 0;
  if (typeof value !== "object" || value === null) return 0;
  let members = 0;
  if (Array.isArray(value)) {
    if (value.length > breadth.items) return tooMany(breadth.items, "items");
    for (const item of value) {
      const below = strip(item, surrogates, breadth);
      if (typeof below === "string") return below;
      members += below;
    }
    return members;
  }
  const bare = Object.setPrototypeOf(value, null) as Readonly<Record<string, unknown>>;
  let own = 0;
  for (const name in bare) {
    if (++own > breadth.keys) return tooMany(breadth.keys, "members");
    const below = nameFault(name, surrogates) ?? strip(bare[name], surrogates, breadth);
    if (typeof below === "string") return below;
    members += 1 + below;
  }
  return members;
}

/** Applies the same strictness to a value that another layer has parsed: to a copy of it. */
export function adoptJson(value: unknown, depth: number, breadth: Breadth = boundless, level = 0): JsonReading {
  const fault = typeof value === "string" ? textFault(value, true) : numberFault(value);
  if (fault !== undefined) return { fault };
  // A caller of the same process hands in dates as they are.
  if (typeof value !== "object" || value === null || isMoment(value)) return { value };
  if (level >= depth) return { fault: `The JSON is nested deeper than ${depth}.` };
  const broad = Array.isArray(value)
    ? value.length > breadth.items && tooMany(breadth.items, "items")
    : Object.keys(value).length > breadth.keys && tooMany(breadth.keys, "members");
  if (broad !== false) return { fault: broad };
  const copy: unknown[] | Record<string, unknown> = Array.isArray(value) ? [] : { __proto__: null };
  for (const [name, member] of Array.isArray(value) ? value.entries() : Object.entries(value)) {
    const wrong = typeof name === "string" ? nameFault(name, true) : undefined;
    const reading = wrong === undefined ? adoptJson(member, depth, breadth, level + 1) : { fault: wrong };
    if ("fault" in reading) return reading;
    Reflect.set(copy, name, reading.value);
  }
  return { value: copy };
}

function tooMany(most: number, what: "members" | "items"): string {
  return `There are more than ${most} ${what} in one place.`;
}

function textFault(text: string, surrogates: boolean): string | undefined {
  return surrogates && /\p{Surrogate}/u.test(text) ? "A string holds a lone surrogate." : undefined;
}

/** RFC 7493, 2.2: JSON.parse makes Infinity of 1e400, and JSON.stringify makes null of that. */
function numberFault(value: unknown): string | undefined {
  return typeof value === "number" && !Number.isFinite(value) ? "A number is out of range." : undefined;
}

function nameFault(name: string, surrogates: boolean): string | undefined {
  return name === "__proto__" ? "A name is not allowed." : textFault(name, surrogates);
}
