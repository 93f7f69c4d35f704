import { refused } from "./targets.js";

/** What a callback's URL is made of: the request that asked for it, and the answer to it. A handler's `call` is such a request. */
export interface Exchanged {
  readonly url?: string;
  readonly method?: string;
  readonly request?: Message;
  readonly response?: Message & { readonly status?: number };
}

/** One side of an exchange. */
export interface Message {
  readonly path?: object | undefined;
  readonly query?: object | undefined;
  readonly header?: object | undefined;
  readonly body?: unknown;
}

/**
 * The URL that a runtime expression names (OpenAPI 4.8.17): `{$request.body#/url}`, or one or more of them in a text. One that begins
 * the URL is taken as it is; one behind text is a part of that text, and changes nothing around it.
 * @throws Failure `target_refused` where the exchange does not have what the expression names.
 */
export function urlOf(expression: string, about: Exchanged): string {
  const text = expression.startsWith("$") ? `{${expression}}` : expression;
  return text.replace(/\{([^{}]*)\}/g, (_, one: string, at: number) => {
    const value = textAt(one, about);
    if (at > 0) return part(value);
    const isWhole = one.length + 2 === text.length;
    // What follows would become part of its query.
    if (!isWhole && /[?#]/.test(value)) throw refused("its URL has a query or a fragment, and more must follow");
    return value;
  });
}

function part(value: string): string {
  if (value === "" || value === "." || value === "..") throw refused("a part of its URL would change its path");
  return encodeURIComponent(value);
}

function textAt(expression: string, about: Exchanged): string {
  const found = read(expression, about);
  if (typeof found === "string") return found;
  if (typeof found === "number" || typeof found === "boolean") return String(found);
  throw refused(`${expression} is not in the exchange`);
}

function read(expression: string, { url, method, request, response }: Exchanged): unknown {
  if (expression === "$url") return url;
  if (expression === "$method") return method;
  if (expression === "$statusCode") return response?.status;
  const [, side, place, name = ""] =
    /^\$(request|response)\.(?:(path|query|header)\.|body(?=#|$))(.*)$/s.exec(expression) ?? [];
  const message = side === "request" ? request : response;
  if (side === undefined || message === undefined) return undefined;
  if (place === undefined) return name === "" ? message.body : pointed(message.body, name.slice(1));
  const fields = message[place as "path" | "query" | "header"];
  return place === "header" ? header(fields, name) : own(fields, name);
}

/** RFC 6901, own properties only. */
function pointed(value: unknown, pointer: string): unknown {
  const tokens = pointer === "" ? [] : pointer.split("/").slice(1);
  return tokens.reduce<unknown>((at, token) => own(at, token.replaceAll("~1", "/").replaceAll("~0", "~")), value);
}

function own(holder: unknown, name: string): unknown {
  if (typeof holder !== "object" || holder === null || !Object.hasOwn(holder, name)) return undefined;
  return (holder as Readonly<Record<string, unknown>>)[name];
}

/** RFC 9110, 5.1: names of fields have no case. */
function header(fields: object | undefined, name: string): unknown {
  const key = Object.keys(fields ?? {}).find((one) => one.toLowerCase() === name.toLowerCase());
  return key === undefined ? undefined : own(fields, key);
}
