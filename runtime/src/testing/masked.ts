import type { ClientCall, Incoming, Outgoing } from "../client/index.js";
import { codecOf, essenceOf, isItems } from "../http/codec.js";
import { tellsOfSecret } from "../observe/telling.js";

/** What the spec calls sensitive (`pii` and `secret`). Generated `fakes.ts` says it. */
export interface Sensitive {
  /** Names of properties and parameters, wherever they stand. */
  readonly names: readonly string[];
  /** Operations whose content is sensitive as a whole. */
  readonly whole: readonly string[];
}

/** Hides what must not be in a file. */
export interface Mask {
  /** Whether the value of a name is hidden. */
  readonly hides: (name: string) => boolean;
  /** Whether nothing of the content may be kept. */
  readonly hidesAll: boolean;
  /** A text by itself. */
  readonly text: (text: string) => string;
  /** Content by its media type. */
  readonly content: (text: string, type: string) => string;
  /** A path and a query, which were written from a template with named parts. */
  readonly target: (url: string, template: string) => string;
}

/** What a hidden text becomes. */
export const hidden = "(hidden)";

/**
 * The mask of one exchange.
 * @param texts what must be nowhere: the credentials that were sent, and what the caller names.
 */
export function maskOf({ names, whole }: Sensitive, operation: string, texts: readonly string[]): Mask {
  const listed = new Set(names);
  const hides = (name: string) => listed.has(name) || tellsOfSecret.test(name);
  const isWhole = whole.includes(operation);
  const without = (text: string) => texts.reduce((all, one) => all.replaceAll(one, hidden), text);
  const data = (value: unknown, isHidden: boolean): unknown => {
    if (Array.isArray(value)) return value.map((one) => data(one, isHidden));
    if (typeof value === "object" && value !== null)
      return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, data(one, isHidden || hides(name))]));
    if (!isHidden) return typeof value === "string" ? without(value) : value;
    return blank(value);
  };
  const query = (search: string) => {
    const fields = [...new URLSearchParams(search)];
    return String(new URLSearchParams(fields.map(([name, one]) => [name, hides(name) ? hidden : without(one)])));
  };
  return {
    hides,
    hidesAll: isWhole,
    text: without,
    content: (text, type) => {
      if (text === "") return "";
      const json = /[/+]json\b/.test(type) ? parsed(text) : undefined;
      if (json !== undefined) return JSON.stringify(data(json.value, isWhole));
      if (isWhole) return hidden;
      if (isItems(codecOf(essenceOf(type)))) return itemsOf(text, (value) => data(value, false), without);
      return /^application\/x-www-form-urlencoded\b/.test(type) ? query(text) : without(text);
    },
    target: (url, template) => {
      const { pathname, search } = new URL(url);
      const path = without(maskedPath(pathname, template, hides));
      return search === "" ? path : `${path}?${query(search)}`;
    },
  };
}

/** Items, each on a line of its own behind what introduces it. What looks like JSON and cannot be read, nobody can mask. */
function itemsOf(text: string, mask: (value: unknown) => unknown, without: (text: string) => string): string {
  return text.replace(/^([^\P{Cc}\r\n]|data: ?)?(.*)$/gmu, (line, before: string | undefined, item: string) => {
    if (!/^\s*[[{"]/.test(item)) return without(line);
    const json = parsed(item);
    return `${before ?? ""}${json === undefined ? hidden : JSON.stringify(mask(json.value))}`;
  });
}

/** What it was, it stays: code under test reads it as it read the real one. */
function blank(value: unknown): unknown {
  if (typeof value === "string") return hidden;
  if (typeof value === "number") return 0;
  return typeof value === "boolean" ? false : value;
}

function parsed(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}

/** The template is the end of the path: a base URL may have a path of its own. */
function maskedPath(path: string, template: string, hides: (name: string) => boolean): string {
  const segments = path.split("/");
  const parts = template.split("/");
  const offset = segments.length - parts.length;
  return segments
    .map((segment, at) => {
      const named = [...(parts[at - offset] ?? "").matchAll(/\{([^{}]*)\}/g)].map(([, name = ""]) => name);
      return named.some(hides) ? hidden : segment;
    })
    .join("/");
}

/** Headers of a request that say nothing of who sends it. */
const harmless =
  /^(?:accept(?:-[a-z]+)?|content-(?:type|length)|user-agent|idempotency-key|traceparent|tracestate|origin)$/;

/** The credentials of a request, in every form in which a server could echo them. */
export function credentialsIn({ headers }: Outgoing): readonly string[] {
  const found = Object.entries(headers).flatMap(([name, value]) => {
    if (harmless.test(name.toLowerCase())) return [];
    const words = value.split(/[\s;,=]+/);
    const basic = /^basic$/i.test(words[0] ?? "") ? decoded(words[1] ?? "") : [];
    return [value, ...words, ...basic];
  });
  // Longer ones first: one may be a part of another. What is short is a word like another.
  return [...new Set(found)].filter((one) => one.length >= 8).sort((a, b) => b.length - a.length);
}

function decoded(base64: string): readonly string[] {
  try {
    const text = atob(base64);
    return [text, text.slice(text.indexOf(":") + 1)];
  } catch {
    return [];
  }
}

/** Headers that an answer is read by. Others may hold a secret, and are of no use to a test. */
const kept =
  /^(?:content-type|etag|last-modified|link|location|retry-after|ratelimit(?:-policy)?|x-ratelimit-[a-z]+|deprecation|sunset|x-request-id)$/;

/** The headers of an answer that are kept: those that callers are told by, and those that the spec declares. */
export function keptHeaders({ headers, status }: Incoming, { operation }: ClientCall, mask: Mask): Incoming["headers"] {
  const declared = new Set(
    Object.values(operation.wire.headers ?? {}).flatMap((fields) => fields.map(({ name }) => name.toLowerCase())),
  );
  return Object.fromEntries(
    Object.entries(headers)
      .filter(([name]) => (kept.test(name) || declared.has(name)) && name !== "set-cookie" && status > 0)
      .map(([name, value]) => [name, mask.hides(name) ? hidden : mask.text(value)]),
  );
}
