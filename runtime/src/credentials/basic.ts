import type { Exchange } from "../http/exchange.js";
import { Refusal } from "../problem/refusal.js";
import { unavailable } from "../problem/refusals.js";
import { readAuthorization } from "./authorization.js";
import { challengeOf } from "./challenge.js";
import { badCredential } from "./fault.js";
import type { Verdict, Verifier } from "./verifier.js";
import { wrongScheme } from "./wrong-scheme.js";

/** Who a user is. What is absent is empty; `id` is the user name where absent. */
export interface BasicFacts {
  readonly id?: string;
  readonly tenant?: string;
  readonly client?: string;
  readonly scopes?: Iterable<string>;
  readonly roles?: Iterable<string>;
}

/** Options of `basic`. */
export interface BasicOptions {
  /**
   * Checks a password: who the user is, or `undefined`. Take the same time for an unknown user as for a wrong password: verify
   * against a dummy hash. What it throws becomes 503.
   */
  readonly verify: (user: string, password: string) => BasicFacts | undefined | Promise<BasicFacts | undefined>;
}

/** Verifies HTTP basic authentication (RFC 7617), in UTF-8. An unknown user and a wrong password get one and the same 401. */
export function basic(options: BasicOptions): Verifier<"basic"> {
  return {
    kind: "basic",
    bind: ({ name, scheme }) => {
      if (scheme.kind !== "basic") throw wrongScheme(name, "basic", scheme.kind);
      return {
        verify: (exchange) => verify(exchange, name, options),
        // RFC 7617, 2.1: the only charset there is.
        challenge: (error) => challengeOf("Basic", name, { charset: "UTF-8" }, error),
      };
    },
  };
}

function verify(exchange: Exchange, name: string, options: BasicOptions): Verdict | Promise<Verdict> {
  const credential = readAuthorization(exchange, "basic");
  if (credential === undefined) return undefined;
  if ("refusal" in credential) return credential.refusal;
  const pair = parsePair(credential.text);
  if (pair === undefined) return badCredential("malformed basic credential");
  return ask(options, pair.user, pair.password, name);
}

async function ask({ verify }: BasicOptions, user: string, password: string, name: string): Promise<Verdict> {
  try {
    const facts = await verify(user, password);
    return facts === undefined ? badCredential("unknown user or wrong password") : toIdentity(name, user, facts);
  } catch (cause) {
    return cause instanceof Refusal ? cause : unavailable(cause);
  }
}

function toIdentity(scheme: string, user: string, facts: BasicFacts): Verdict {
  const id = facts.id ?? user;
  if (id === "") return badCredential("user without an id");
  return {
    scheme,
    id,
    subject: user,
    issuer: undefined,
    client: facts.client,
    tenant: facts.tenant,
    scopes: new Set(facts.scopes),
    roles: new Set(facts.roles),
    claims: {},
  };
}

const token68 = /^[A-Za-z0-9+/]+={0,2}$/;
// RFC 7617, 2: neither half holds control characters.
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const control = /[\u0000-\u001f\u007f-\u009f]/;
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function parsePair(text: string): { readonly user: string; readonly password: string } | undefined {
  if (text.length > 4_096 || !token68.test(text)) return undefined;
  const octets = Buffer.from(text, "base64");
  // Buffer forgives what is not base64; a second spelling of one credential is not forgiven here.
  if (octets.toString("base64") !== text) return undefined;
  const pair = decode(octets);
  const colon = pair?.indexOf(":") ?? -1;
  if (pair === undefined || colon < 1 || control.test(pair)) return undefined;
  return { user: pair.slice(0, colon), password: pair.slice(colon + 1) };
}

function decode(octets: Uint8Array): string | undefined {
  try {
    return utf8.decode(octets);
  } catch {
    return undefined;
  }
}
