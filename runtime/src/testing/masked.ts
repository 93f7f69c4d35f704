import type { ClientCall, Incoming, Outgoing } from "../client/index.js";
import { codecOf, essenceOf, isItems } from "../http/codec.js";
import { WideInteger } from "../http/exact.js";
import { parseJson } from "../http/json.js";
import { jsonText } from "../http/json-text.js";
import { tellsOfSecret } from "../observe/telling.js";
import type { OperationPolicy, Pagination } from "../policy/index.js";
import { maskedLinks, maskedPath, maskedQuery, type Parts } from "./masked-links.js";
import type { Placeholders } from "./placeholders.js";

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
  /** What stands for a hidden text. */
  readonly place: (text: string) => string;
  /** A text by itself, and the links in it. */
  readonly text: (text: string) => string;
  /** Content by its media type. */
  readonly content: (text: string, type: string) => string;
  /** The path and the query of a request. */
  readonly target: (url: string) => string;
}

/** What an exchange is masked with. */
export interface Masking {
  /** What must be nowhere: the credentials that were sent, and what the caller names. */
  readonly texts: readonly string[];
  readonly policy: Pick<OperationPolicy, "path" | "pagination">;
  readonly placeholders: Placeholders;
}

/** What stands for contents and parts of texts that are hidden. */
export const hidden = "(hidden)";

/** The mask of one exchange. */
export function maskOf({ names, whole }: Sensitive, operation: string, { texts, policy, placeholders }: Masking): Mask {
  const listed = new Set(names);
  const hides = (name: string) => listed.has(name) || tellsOfSecret.test(name);
  const isWhole = whole.includes(operation);
  const without = withoutAny(texts);
  const isOf = (text: string) => without(text) !== text;
  const place = placeholders.of;
  // What a page says and the next one is asked by is one text: hidden in one place, it is in the other.
  const cursor = cursorOf(policy.pagination);
  const covers = cursor.some(hides) ? (name: string) => hides(name) || cursor.includes(name) : hides;
  const parts: Parts = { hides: covers, place, text: (text) => without(maskedLinks(text, policy.path, parts)) };
  const data = (value: unknown, isHidden: boolean): unknown => {
    if (Array.isArray(value)) return value.map((one) => data(one, isHidden));
    if (typeof value === "string") return isHidden ? place(value) : parts.text(value);
    if (typeof value === "boolean") return !isHidden && value;
    if (typeof value === "number") return isHidden || isOf(String(value)) ? 0 : value;
    if (value instanceof WideInteger) return isHidden || isOf(value.digits) ? 0 : BigInt(value.digits);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([name, one]) => [
        isOf(name) ? place(name) : name,
        data(one, isHidden || covers(name)),
      ]),
    );
  };
  /** What looks like JSON and cannot be read, nobody can mask. */
  const json = (text: string) => {
    const reading = parseJson(text, deepest, undefined, true);
    return "fault" in reading ? hidden : (jsonText(data(reading.value, isWhole)) ?? hidden);
  };
  return {
    hides: covers,
    hidesAll: isWhole,
    place,
    text: parts.text,
    content: (text, type) => {
      const codec = codecOf(essenceOf(type));
      if (text === "") return "";
      if (isItems(codec)) return isWhole ? hidden : itemsOf(text, json, parts.text);
      if (codec === "json" || looksLikeJson(text)) return json(text);
      if (isWhole) return hidden;
      return codec === "form" ? maskedQuery(text, parts) : parts.text(text);
    },
    target: (url) => {
      const { pathname, search } = new URL(url);
      const masked = maskedPath(pathname, policy.path, parts);
      return search === "" ? masked : `${masked}?${maskedQuery(search.slice(1), parts)}`;
    },
  };
}

/** The names that a cursor has: in an answer, and in the request for the next page. */
function cursorOf({ next, parameter }: Partial<Pagination> = {}): readonly string[] {
  return [next, parameter?.replace(/^[a-z]+:/, "")].flatMap((one) => one?.split("/").at(-1) ?? []);
}

/** Deeper than anybody nests, and less than what overflows a stack. */
const deepest = 512;

/** Whether a text is JSON by its beginning, whatever a server says of it. */
export function looksLikeJson(text: string): boolean {
  return /^\s*[[{"]/.test(text);
}

/** Hides texts in every form in which a URL could have them, longer ones first: one may be a part of another. */
function withoutAny(texts: readonly string[]): (text: string) => string {
  const forms = [...new Set(texts.flatMap(formsOf))].filter((one) => one !== "").sort((a, b) => b.length - a.length);
  if (forms.length === 0) return (text) => text;
  const any = new RegExp(forms.map((one) => one.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&")).join("|"), "g");
  return (text) => text.replace(any, hidden);
}

function formsOf(text: string): readonly string[] {
  // Nothing encodes a lone surrogate.
  if (/\p{Surrogate}/u.test(text)) return [text];
  const field = String(new URLSearchParams([["", text]])).slice(1);
  const encoded = [encodeURIComponent(text), encodeURI(text), field];
  return [text, ...encoded, ...encoded.map((one) => one.replace(/%../g, (octet) => octet.toLowerCase()))];
}

/** Items, each on a line of its own behind what introduces it. */
function itemsOf(text: string, json: (text: string) => string, other: (text: string) => string): string {
  return text.replace(/[^\r\n]+/g, (line) => {
    const [, before = "", item = ""] = /^(\p{Cc}|data: ?)?(.*)$/su.exec(line) ?? [];
    return looksLikeJson(item) ? `${before}${json(item)}` : other(line);
  });
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
export function keptHeaders({ headers }: Incoming, { operation }: ClientCall, mask: Mask): Incoming["headers"] {
  const fields = Object.values(operation.wire.headers ?? {}).flat();
  const declared = new Map(fields.map(({ name }) => [name.toLowerCase(), name]));
  return Object.fromEntries(
    Object.entries(headers)
      .filter(([name]) => (kept.test(name) || declared.has(name)) && name !== "set-cookie")
      .map(([name, value]) => [name, mask.hides(declared.get(name) ?? name) ? mask.place(value) : mask.text(value)]),
  );
}
