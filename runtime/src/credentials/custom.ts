import type { Exchange } from "../http/exchange.js";
import type { SchemePolicy } from "../policy/index.js";
import { Refusal } from "../problem/refusal.js";
import { challengeOf } from "./challenge.js";
import { badCredential } from "./fault.js";
import type { SchemeContext, Verdict, Verifier } from "./verifier.js";
import { wrongScheme } from "./wrong-scheme.js";

/** Who a credential belongs to. What is absent is empty. */
export interface CallerFacts {
  readonly id: string;
  readonly issuer?: string;
  readonly client?: string;
  readonly tenant?: string;
  readonly scopes?: Iterable<string>;
  readonly roles?: Iterable<string>;
  readonly claims?: Readonly<Record<string, unknown>>;
}

/** What a verifier of one's own makes of a request: who it is, `none` where there is no such credential, `bad` where it does not count. */
export type CallerVerdict = CallerFacts | "none" | "bad";

/** Options of `verifier`. */
export interface OwnVerifier<K extends SchemePolicy["kind"]> {
  /** The kind of the scheme in the policy: `token`, `apiKey`, `basic`, `http` or `certificate`. */
  readonly kind: K;
  /** The name of the challenge in a 401; the scheme's own, or `ApiKey`, `Bearer`, … by the kind, where absent. */
  readonly challenge?: string;
  /** Looks at a request. What it throws, and what takes too long, lets nobody in. */
  readonly verify: (
    exchange: Exchange,
    context: SchemeContext,
  ) => CallerVerdict | Refusal | Promise<CallerVerdict | Refusal>;
}

const names: Readonly<Record<SchemePolicy["kind"], string>> = {
  token: "Bearer",
  apiKey: "ApiKey",
  basic: "Basic",
  http: "Http",
  certificate: "Certificate",
};

/** RFC 9110, 11.6.1: a challenge begins with the name of its authentication scheme. */
function nameOf(scheme: SchemePolicy): string {
  return scheme.kind === "http" ? scheme.scheme : names[scheme.kind];
}

/** A verifier of one's own, where none of ours will do. The guards hold it to its word: see docs/verifiers.md. */
export function verifier<K extends SchemePolicy["kind"]>(own: OwnVerifier<K>): Verifier<K> {
  return {
    kind: own.kind,
    bind: (context) => {
      if (context.scheme.kind !== own.kind) throw wrongScheme(context.name, "verifier", context.scheme.kind);
      return {
        verify: (exchange) => {
          const said = own.verify(exchange, context);
          return said instanceof Promise
            ? said.then((verdict) => toVerdict(verdict, context.name))
            : toVerdict(said, context.name);
        },
        challenge: (error) => challengeOf(own.challenge ?? nameOf(context.scheme), context.name, {}, error),
      };
    },
  };
}

function toVerdict(said: CallerVerdict | Refusal, scheme: string): Verdict {
  if (said instanceof Refusal) return said;
  if (said === "none") return undefined;
  if (said === "bad") return badCredential("the verifier says so");
  // What is neither is judged by the guard: it lets nobody in (R12).
  if (typeof said?.id !== "string" || said.id === "") return (said ?? null) as unknown as Verdict;
  return {
    scheme,
    id: said.id,
    subject: said.id,
    issuer: said.issuer,
    client: said.client,
    tenant: said.tenant,
    scopes: new Set(said.scopes),
    roles: new Set(said.roles),
    claims: said.claims ?? {},
  };
}
