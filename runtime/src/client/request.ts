import { EncodingError, encodeCookies, encodeHeaders, encodePath, encodeQuery } from "../http/fields.js";
import { isFieldName, isFieldValue } from "../http/headers.js";
import type { BodyWire, Wire } from "../policy/index.js";
import type { CallOptions, Operation, Outgoing } from "./contract.js";
import { Failure } from "./failure.js";

type Input = Readonly<Record<string, unknown>>;

/** Headers that credentials, the transport or the codec own. */
const owned = new Set(
  "authorization cookie host content-length content-type transfer-encoding connection keep-alive proxy-connection proxy-authorization dpop te trailer expect upgrade".split(
    " ",
  ),
);

/**
 * Writes the input of an operation into a request.
 * @throws Failure `invalid_input` for what cannot be written: an unknown key, a value that would change the path.
 */
export function toRequest(
  operation: Operation,
  client: { readonly baseUrl: string; readonly reserved: ReadonlySet<string> },
  input: object,
  options: CallOptions,
  signal: AbortSignal,
): Outgoing {
  const { wire, policy } = operation;
  // Without a prototype: a parameter may be named like a method that every object has.
  const values: Input = Object.assign(Object.create(null), input);
  try {
    refuseUnknown(wire, values);
    const path = encodePath(policy.path, wire.path ?? [], values);
    const query = encodeQuery(wire.query ?? [], values);
    const cookies = encodeCookies(wire.cookie ?? [], values);
    const content = wire.body === undefined ? undefined : writeBody(wire.body, values);
    return {
      method: policy.method,
      url: `${client.baseUrl}${path}${query === "" ? "" : `?${query}`}`,
      headers: {
        accept: "application/json, application/problem+json;q=0.9, */*;q=0.8",
        ...ownHeaders(options.headers ?? {}, client.reserved),
        ...lowerCased(encodeHeaders(wire.header ?? [], values)),
        ...(cookies.length === 0 ? {} : { cookie: cookies.map(([name, text]) => `${name}=${text}`).join("; ") }),
        ...(content === undefined ? {} : { "content-type": content.type }),
      },
      body: content?.body,
      signal,
    };
  } catch (thrown) {
    if (thrown instanceof EncodingError) throw new Failure("invalid_input", thrown.message, { cause: thrown });
    throw thrown;
  }
}

function refuseUnknown(wire: Wire, values: Input): void {
  const fields = [wire.path, wire.query, wire.header, wire.cookie].flatMap((place) => place ?? []);
  const known = new Set(fields.map((field) => field.key ?? field.name));
  if (wire.body !== undefined) known.add(wire.body.key ?? "body");
  const unknown = Object.keys(values).filter((key) => !known.has(key));
  if (unknown.length > 0) throw new Failure("invalid_input", `The operation takes no ${unknown.join(", ")}`);
}

function ownHeaders(
  headers: Readonly<Record<string, string>>,
  reserved: ReadonlySet<string>,
): Readonly<Record<string, string>> {
  for (const [name, value] of Object.entries(headers)) {
    const lower = name.toLowerCase();
    if (owned.has(lower) || reserved.has(lower))
      throw new Failure("invalid_input", `The header ${JSON.stringify(name)} is not yours to set`);
    if (!isFieldName(name) || !isFieldValue(value))
      throw new Failure("invalid_input", `The header ${JSON.stringify(name)} cannot be sent`);
  }
  return lowerCased(headers);
}

function lowerCased(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

interface Content {
  readonly type: string;
  readonly body: string | Uint8Array;
}

function writeBody(wire: BodyWire, values: Input): Content | undefined {
  const key = wire.key ?? "body";
  const value = values[key];
  if (value === undefined) {
    if (wire.required) throw new Failure("invalid_input", `The operation needs ${key}`);
    return undefined;
  }
  const [type = "application/octet-stream"] = wire.media;
  if (/^application\/([\w.+-]+\+)?json$/.test(type)) return { type, body: jsonOf(key, value) };
  if (value instanceof Uint8Array) return { type: type.includes("*") ? "application/octet-stream" : type, body: value };
  if (type === "application/x-www-form-urlencoded") return { type, body: formOf(value) };
  if (typeof value === "string")
    return { type: type.startsWith("text/") ? type.replace("*", "plain") : type, body: value };
  throw new Failure("invalid_input", `${key} must be a string or octets to be sent as ${type}`);
}

function jsonOf(key: string, value: unknown): string {
  let text: string | undefined;
  try {
    text = JSON.stringify(value);
  } catch (cause) {
    throw new Failure("invalid_input", `${key} cannot be written as JSON`, { cause });
  }
  if (text === undefined) throw new Failure("invalid_input", `${key} cannot be written as JSON`);
  return text;
}

function formOf(value: unknown): string {
  if (typeof value !== "object" || value === null) throw new Failure("invalid_input", "A form is an object");
  const form = new URLSearchParams();
  for (const [name, one] of Object.entries(value)) {
    for (const item of Array.isArray(one) ? one : [one]) if (item !== undefined) form.append(name, String(item));
  }
  return form.toString();
}
