import { memberOf, tokensOf, valueAt } from "../http/pointer.js";
import { isMoment, type Pagination } from "../policy/index.js";
import type { Operation } from "./contract.js";
import { Failure } from "./failure.js";
import { linksOf } from "./links.js";
import type { Answer } from "./result.js";

/** How one page is asked for. */
export interface Turn {
  readonly input: Readonly<Record<string, unknown>>;
  /** The query of a link, as it was written there. */
  readonly query?: string;
  /** What tells the page from others. */
  readonly mark: string;
}

/** A page that is here. */
export interface Page {
  readonly value: unknown;
  readonly items: readonly unknown[];
  /** Items so far, its own among them; NaN where nobody knows. */
  readonly passed: number;
  readonly turn: Turn;
  readonly response: Answer;
}

/** How the page is asked for that the caller asked for. */
export function startOf(operation: Operation, { type, parameter = "" }: Pagination, input: Turn["input"]): Turn {
  return { input, mark: type === "link" ? "" : markOf(get(operation, input, parameter)) };
}

/** How many items there are before the page that the caller asked for; NaN where nobody knows. */
export function passedBefore(operation: Operation, pagination: Pagination, input: Turn["input"]): number {
  if (pagination.type !== "page" && pagination.type !== "offset") return 0;
  const before = hereOf(operation, pagination, input) - firstOf(pagination);
  return pagination.type === "offset" || before === 0 ? before : Number.NaN;
}

function firstOf({ type, first = type === "page" ? 1 : 0 }: Pagination): number {
  return first;
}

function hereOf(operation: Operation, pagination: Pagination, input: Turn["input"]): number {
  const asked = get(operation, input, pagination.parameter ?? "");
  return asked === undefined ? firstOf(pagination) : Number(asked);
}

/**
 * How the page behind a page is asked for; `undefined` behind the last.
 * @throws Failure for a page that cannot be followed.
 */
export function nextTurn(operation: Operation, pagination: Pagination, page: Page): Turn | undefined {
  const { more, next } = pagination;
  if (more !== undefined && valueAt(page.value, tokensOf(more)) === false) return undefined;
  const told = next === undefined ? undefined : valueAt(page.value, tokensOf(next));
  switch (pagination.type) {
    case "cursor":
      return byCursor(operation, pagination, page, told);
    case "link":
      return byLink(operation, page, next === undefined ? linkOf(page.response) : told);
    case "offset":
    case "page":
      return byCount(operation, pagination, page);
  }
}

function byCursor(operation: Operation, { parameter = "" }: Pagination, { turn }: Page, told: unknown) {
  if (told === undefined || told === null || told === "" || told === false) return undefined;
  if (!["string", "number", "bigint"].includes(typeof told) && !isMoment(told))
    throw unfollowable(operation, "the next cursor is neither a text nor a number nor a date");
  return { input: set(operation, turn.input, parameter, told), mark: markOf(told) };
}

/** The text of a Date would leave out its milliseconds: two cursors within a second are two. */
function markOf(told: unknown): string {
  return isMoment(told) ? String(told.toJSON()) : String(told);
}

/** Pages are counted, or items. The last is one without items, or the one that makes the total. */
function byCount(operation: Operation, pagination: Pagination, { value, items, passed, turn }: Page): Turn | undefined {
  const { type, parameter = "", total } = pagination;
  const all = total === undefined ? undefined : valueAt(value, tokensOf(total));
  if (items.length === 0 || passed >= countOf(all)) return undefined;
  const next = hereOf(operation, pagination, turn.input) + (type === "offset" ? items.length : 1);
  return { input: set(operation, turn.input, parameter, next), mark: String(next) };
}

/** A number, or what code holds integers of 64 bits as; NaN for whatever else there is. */
function countOf(all: unknown): number {
  return /^\d+$/.test(String(all)) ? Number(all) : Number.NaN;
}

function linkOf({ headers }: Answer): string | undefined {
  return linksOf(headers.link ?? "").find(({ rel }) => rel === "next")?.href;
}

/**
 * RFC 8288: the target of `rel="next"`, as far as it is a query of this very operation. Whatever else it names would get this client's
 * credentials (R58): nothing is sent there.
 */
function byLink(operation: Operation, { turn, response }: Page, href: unknown): Turn | undefined {
  if (href === undefined || href === null || href === "") return undefined;
  const asked = response.url ?? "about:blank";
  if (typeof href !== "string" || !URL.canParse(href, asked))
    throw unfollowable(operation, "the link to the next page is no URL");
  const [from, to] = [new URL(asked), new URL(href, asked)];
  if (to.origin !== from.origin || to.pathname !== from.pathname) {
    const failure = new Failure(
      "redirect_refused",
      `The next page of ${operation.id} is said to be at ${to.origin}${to.pathname}, and nothing is sent there`,
    );
    failure.operation = operation.id;
    throw failure;
  }
  return { input: turn.input, query: to.search.slice(1), mark: to.search };
}

/** What the input says at `query:after`, `header:X-Page` or `body:/after`. */
function get(operation: Operation, input: Turn["input"], parameter: string): unknown {
  const { key, tokens } = placeOf(operation, parameter);
  return valueAt(input[key], tokens);
}

function set(operation: Operation, input: Turn["input"], parameter: string, value: unknown): Turn["input"] {
  const { key, tokens } = placeOf(operation, parameter);
  return { ...input, [key]: placed(input[key], tokens, value) };
}

function placed(holder: unknown, [token, ...rest]: readonly string[], value: unknown): unknown {
  if (token === undefined) return value;
  const members = typeof holder === "object" && holder !== null ? holder : {};
  return { ...members, [token]: placed(memberOf(members, token), rest, value) };
}

/** The key in the flat input, and what leads on from there. */
function placeOf({ wire }: Operation, parameter: string): { readonly key: string; readonly tokens: readonly string[] } {
  const [, place, name = ""] = /^(query|header|body):(.*)$/s.exec(parameter) ?? [];
  if (place === "body") return { key: wire.body?.key ?? "body", tokens: tokensOf(name) };
  const fields = place === "header" ? wire.header : wire.query;
  return { key: fields?.find((one) => one.name === name)?.key ?? name, tokens: [] };
}

/** The end of going through pages that do not end as they should. */
export function unfollowable({ id }: Operation, what: string): Failure {
  const failure = new Failure("response_invalid", `The pages of ${id} cannot be followed: ${what}`);
  failure.operation = id;
  return failure;
}
