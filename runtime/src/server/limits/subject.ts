import { digestOf } from "../../credentials/token-cache.js";
import { jsonText } from "../../http/json-text.js";
import { memberOf, tokensOf, valueAt } from "../../http/pointer.js";
import type { ApiPolicy, LimitKeyPart } from "../../policy/index.js";
import { addressKey } from "../address.js";
import { recent } from "../recent.js";
import type { Identified, Matched, Validated } from "../states.js";

/** A call, with as much of it as is proved when it is counted. */
export type Known = Matched & { readonly principal?: Identified["principal"]; readonly input?: Validated["input"] };

type Read = (call: Known) => string;

/** What must be proved before a part of a key can be read. */
export function phaseOf(part: LimitKeyPart): "address" | "caller" | "input" {
  if (part === "ip" || part === "operation" || part.startsWith("const:")) return "address";
  return part.includes(":") ? "input" : "caller";
}

/**
 * Reads whom a call counts for. Parts are escaped, so that no subject can be spelt to share another's counter; what a request says of
 * itself is hashed, so that it can neither fill the memory nor be read from it.
 */
export function compileSubject(head: string, parts: readonly LimitKeyPart[], api: ApiPolicy): Read {
  return compileSubjectOf(head, parts, api, (key) => key);
}

/** The same for what is made of a key: of a key that came a moment ago it is not made again. */
export function compileSubjectOf<T>(
  head: string,
  parts: readonly LimitKeyPart[],
  api: ApiPolicy,
  make: (key: string) => T,
): (call: Known) => T {
  const readers = parts.map((part) => readerOf(part, api));
  const [only] = readers;
  if (only !== undefined && readers.length === 1) {
    // A key that is the very same text as before need not be put together, nor hashed for the map that it is looked for in.
    const known = recent((text) => make(`${head}|${escaped(text)}`));
    return (call) => known(only(call));
  }
  const known = recent(make);
  return (call) => known(readers.reduce((key, read) => `${key}|${escaped(read(call))}`, head));
}

const ofPrincipal = recent((id) => `principal:${id}`);

function readerOf(part: LimitKeyPart, api: ApiPolicy): Read {
  switch (part) {
    case "ip":
      return ({ exchange }) => addressKey(exchange.address);
    case "operation":
      return ({ operation }) => operation.id;
    case "principal":
      return principalKey;
    case "client":
    case "tenant":
      return (call) => {
        const value = call.principal?.[part];
        return value === undefined ? principalKey(call) : `${part}:${value}`;
      };
    case "apiKey":
      return apiKeyReader(api);
    default:
      return saidReader(part);
  }
}

/** Anonymous callers are told apart by where they come from; they never share the counter of a principal. */
function principalKey({ principal, exchange }: Known): string {
  return principal === undefined ? `anonymous:${addressKey(exchange.address)}` : ofPrincipal(principal.id);
}

/** The key itself, so that each key of one owner has a counter of its own. */
function apiKeyReader({ schemes }: ApiPolicy): Read {
  return (call) => {
    const credentials = Object.values(call.principal?.credentials ?? {});
    const key = credentials.find(({ scheme }) => Object.hasOwn(schemes, scheme) && schemes[scheme]?.kind === "apiKey");
    const id = key?.claims.keyId;
    return typeof id === "string" ? `key:${id}` : principalKey(call);
  };
}

/** What the request says, as it was validated: what was spelt otherwise and means the same is the same (R38). */
function saidReader(part: string): Read {
  const cut = part.indexOf(":");
  const place = part.slice(0, cut);
  const name = part.slice(cut + 1);
  if (place === "const") return () => name;
  if (place === "body") {
    const tokens = tokensOf(name);
    return ({ input }) => textKey(valueAt(input?.body, tokens));
  }
  if (place !== "header" && place !== "path" && place !== "query") throw new TypeError(`Unknown key part ${part}`);
  const key = place === "header" ? name.toLowerCase() : name;
  return ({ input }) => {
    const fields = input?.[place];
    const spelt = place === "header" ? Object.keys(fields ?? {}).find((one) => one.toLowerCase() === key) : key;
    return textKey(spelt === undefined ? undefined : memberOf(fields, spelt));
  };
}

/** Without regard to case and form: `Ann@example.com` must not have more guesses than `ann@example.com` (R43). */
function textKey(value: unknown): string {
  if (value === undefined) return "absent";
  const text = typeof value === "string" ? value.normalize("NFKC").trim().toLowerCase() : jsonText(value);
  return `is:${digestOf(text ?? "")}`;
}

function escaped(text: string): string {
  return /[%|]/.test(text) ? text.replace(/[%|]/g, encodeURIComponent) : text;
}
