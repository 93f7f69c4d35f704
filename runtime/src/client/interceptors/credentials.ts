import type { Access, ApiPolicy, Clause } from "../../policy/index.js";
import type { ClientCall, ClientTls, Credential, Incoming, Interceptor, Proof, ProofRequest } from "../contract.js";
import { withHeaders } from "../ending.js";
import { Failure } from "../failure.js";

/** What the client was configured with, by scheme. */
export type Configured = Readonly<Record<string, Credential | undefined>>;

/** What proving needs of the client. */
export interface ProofGround {
  readonly api: ApiPolicy;
  readonly configured: Configured;
  /** The one origin that credentials are for. */
  readonly origin: string;
  readonly tls: ClientTls | undefined;
  readonly now: () => number;
}

interface Proved {
  readonly credential: Credential;
  readonly request: ProofRequest;
  readonly proof: Proof;
}

/**
 * Adds the credentials that an operation asks for: all of an AND, those of the first OR that is configured, none where none are asked.
 * After a 401 they are renewed once, and the call is made once more.
 */
export function credentials(access: Access, ground: ProofGround): Interceptor {
  const clause = choose(access, ground.configured);
  return (next) => async (call) => {
    if (clause === undefined) throw missing(access);
    if (clause.allOf.length === 0) return next(call);
    // R58: a step of the user's may send a call elsewhere; the credentials do not go with it.
    if (new URL(call.outgoing.url).origin !== ground.origin) {
      throw new Failure("configuration", "The call leaves the origin that its credentials are for");
    }
    const proved = await prove(clause, ground, call);
    const incoming = await next(withProofs(call, proved));
    const { body } = call.outgoing;
    const isGone = typeof body === "object" && "repeatable" in body && !body.repeatable;
    if (incoming.status !== 401 || isGone || asksForTheUser(incoming) || !(await renewed(proved))) return incoming;
    return next(withProofs(call, await prove(clause, ground, call)));
  };
}

/** RFC 9470, 3: another token of the same session would be refused again; the user must sign in. */
function asksForTheUser({ headers }: Incoming): boolean {
  return /\berror="?insufficient_user_authentication\b/.test(headers["www-authenticate"] ?? "");
}

function choose(access: Access, configured: Configured): Clause | undefined {
  if (access.kind === "public") return { allOf: [] };
  const full = access.anyOf.find(
    ({ allOf }) => allOf.length > 0 && allOf.every(({ scheme }) => configured[scheme] !== undefined),
  );
  return full ?? access.anyOf.find(({ allOf }) => allOf.length === 0);
}

function missing(access: Access): Failure {
  const clauses = access.kind === "public" ? [] : access.anyOf;
  const ways = clauses.map(({ allOf }) => allOf.map(({ scheme }) => scheme).join(" and ")).join(", or ");
  return new Failure("credential_missing", `The operation needs ${ways}: configure it in auth`);
}

async function prove(clause: Clause, ground: ProofGround, call: ClientCall): Promise<readonly Proved[]> {
  const proved: Proved[] = [];
  for (const { scheme, needs } of clause.allOf) {
    const credential = ground.configured[scheme];
    if (credential === undefined) throw new Failure("credential_missing", `The operation needs ${scheme}`);
    const { api, now, origin, tls } = ground;
    const request: ProofRequest = {
      scheme,
      api,
      scopes: needs,
      origin,
      tls,
      now,
      // Asked for when it is needed.
      get signal() {
        return call.outgoing.signal;
      },
    };
    proved.push({ credential, request, proof: await credential.prove(request) });
  }
  return proved;
}

async function renewed(proved: readonly Proved[]): Promise<boolean> {
  let any = false;
  for (const { credential, request, proof } of proved) {
    if (credential.renew !== undefined && (await credential.renew(proof, request))) any = true;
  }
  return any;
}

function withProofs(call: ClientCall, proved: readonly Proved[]): ClientCall {
  const cookies = proved.flatMap(({ proof }) =>
    Object.entries(proof.cookies ?? {}).map(([name, text]) => `${name}=${text}`),
  );
  const taken = new Set<string>();
  const own = lowerCased(call.outgoing.headers).cookie;
  const cookie = [...(own === undefined ? [] : [own]), ...cookies].join("; ");
  const headers = lowerCased(call.outgoing.headers);
  for (const [name, text] of proved.flatMap(({ proof }) => Object.entries(lowerCased(proof.headers ?? {})))) {
    if (taken.has(name)) throw new Failure("configuration", `Two credentials of one call need the header ${name}`);
    taken.add(name);
    headers[name] = text;
  }
  if (cookie !== "") headers.cookie = cookie;
  const possession = proved.map(({ proof }) => proof.possession).find((one) => one !== undefined);
  return {
    ...call,
    outgoing: withHeaders(call.outgoing, headers),
    ...(possession === undefined ? {} : { possession }),
  };
}

/** A step of the caller's may have spelt a header otherwise: one name, one header, and the credential's is the one. */
function lowerCased(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, text]) => [name.toLowerCase(), text]));
}

/** The proofs that the caller configured for schemes that the spec does not have, or has in another kind. */
export function misconfigured(api: ApiPolicy, configured: Configured): readonly string[] {
  return Object.entries(configured).flatMap(([scheme, credential]) => {
    if (credential === undefined) return [];
    const policy = Object.hasOwn(api.schemes, scheme) ? api.schemes[scheme] : undefined;
    if (policy === undefined) return [`auth.${scheme}: the spec has no such scheme`];
    return policy.kind === credential.kind
      ? []
      : [`auth.${scheme}: the scheme is of kind ${policy.kind}, not ${credential.kind}`];
  });
}
