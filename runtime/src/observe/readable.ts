import { clean } from "./clean.js";
import { tellsOfSecret } from "./telling.js";

// A token that slipped into a message, such as the one that a library quotes in its error. It begins where no token can go on, so that one
// text is looked through once (R36).
const quoted = /\b(?:bearer|basic|dpop) +[A-Za-z0-9._~+/=-]{8,}|(?<![\w-])eyJ[\w-]+\.[\w-]+\.[\w-]*/gi;

/** How deep and how wide facts are followed: a log is no dump. */
const deepest = 8;
const widest = 256;
const longestName = 128;

/**
 * Facts as they may stand in a log: values under names that speak of secrets are left out, errors are written with their causes, and no
 * character is left that could forge a line (R55). What is too deep, too wide or too long is cut.
 */
export function readable(value: unknown, name = "", depth = 0): unknown {
  if (tellsOfSecret.test(name) && value !== undefined) return "[hidden]";
  if (typeof value === "string") return readableText(value, name === "stack" ? 4_096 : 1_024);
  if (typeof value === "bigint") return String(value);
  if (typeof value === "function" || typeof value === "symbol") return undefined;
  if (typeof value !== "object" || value === null) return value;
  if (depth >= deepest) return "…";
  if (value instanceof Error) return entries(Object.entries(factsOf(value)), depth);
  if ("toJSON" in value && typeof value.toJSON === "function") return readable(value.toJSON(), name, depth + 1);
  if (!Array.isArray(value)) return entries(Object.entries(value), depth);
  const items = value.slice(0, widest).map((one) => readable(one, "", depth + 1));
  return value.length > widest ? [...items, "…"] : items;
}

/** Words as they may stand in a log. */
export function readableText(text: string, longest = 1_024): string {
  return clean(text.slice(0, 8 * longest).replace(quoted, "[hidden]"), longest);
}

function entries(all: readonly (readonly [string, unknown])[], depth: number): object {
  const shown = all
    .slice(0, widest)
    .flatMap(([name, one]) => (one === undefined ? [] : [[clean(name, longestName), readable(one, name, depth + 1)]]));
  return Object.fromEntries(all.length > widest ? [...shown, ["…", all.length - widest]] : shown);
}

/** Name, message and cause only: libraries hang claims and request bodies on their errors. */
function factsOf(error: Error): object {
  const code = "code" in error && typeof error.code === "string" ? { code: error.code } : {};
  const { name, message, stack, cause } = error;
  return { name, message, ...code, stack, cause };
}
