import type { Access, ApiPolicy, Clause } from "../../policy/index.js";
import type { ClientCall, Credential, Interceptor, Outgoing, Proof, ProofRequest } from "../contract.js";
import { Failure } from "../failure.js";

/** What the client was configured with, by scheme. */
export type Configured = Readonly<Record<string, Credential<"token" | "apiKey" | "basic"> | undefined>>;

/** What proving needs of the client. */
export interface ProofGround {
  readonly api: ApiPolicy;
  readonly configured: Configured;
  /** The one origin that credentials are for. */
  readonly origin: string;
  readonly now: () => number;
}

interface Proved {
  readonly credential: Credential<"token" | "apiKey" | "basic">;
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
    if (incoming.status !== 401 || !(await renewed(proved))) return incoming;
    return next(withProofs(call, await prove(clause, ground, call)));
  };
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
    const { api, now } = ground;
    const request: ProofRequest = { scheme, api, scopes: needs, signal: call.outgoing.signal, now };
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
  const own = call.outgoing.headers.cookie;
  const cookie = [...(own === undefined ? [] : [own]), ...cookies].join("; ");
  const headers: Outgoing["headers"] = Object.assign(
    {},
    call.outgoing.headers,
    ...proved.map(({ proof }) => proof.headers ?? {}),
    cookie === "" ? {} : { cookie },
  );
  return { ...call, outgoing: { ...call.outgoing, headers } };
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
