import type { Access, ApiPolicy, Clause } from "../../policy/index.js";
import type {
  ClientCall,
  ClientOptions,
  Credential,
  Incoming,
  Interceptor,
  Outgoing,
  Proof,
  ProofRequest,
} from "../contract.js";
import { withHeaders } from "../ending.js";
import { Failure } from "../failure.js";
import { lowerCased } from "../lower-cased.js";
import type { ClientProxy, ClientTls } from "../tls.js";
import { stayAtHome } from "../transports/options.js";

/** What the client was configured with, by scheme. */
export type Configured = Readonly<Record<string, Credential | undefined>>;

/** What proving needs of the client. */
export interface ProofGround {
  readonly api: ApiPolicy;
  readonly configured: Configured;
  /** The one origin that credentials are for. */
  readonly origin: string;
  readonly tls: ClientTls | undefined;
  readonly proxy: ClientProxy | undefined;
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
    if (clause === undefined) throw missing(access, ground.configured);
    if (clause.allOf.length === 0) return next(call);
    // R58: a step of the user's may send a call elsewhere; the credentials do not go with it.
    stayAtHome(ground.origin, call.outgoing);
    const proved = await prove(clause, ground, call);
    const incoming = await sent(next, call, proved);
    const { body } = call.outgoing;
    const isGone = typeof body === "object" && "repeatable" in body && !body.repeatable;
    if (incoming.status !== 401 || isGone || asksForTheUser(incoming) || !(await renewed(proved))) return incoming;
    return sent(next, call, await prove(clause, ground, call));
  };
}

type Next = (call: ClientCall) => Promise<Incoming>;

/** Sends a call with its proofs, through what they want to go around it. */
function sent(next: Next, call: ClientCall, proved: readonly Proved[]): Promise<Incoming> {
  const send = proved.reduce((inner, { proof: { around } }) => around?.(inner) ?? inner, next);
  return send(withProofs(call, proved));
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

function missing(access: Access, configured: Configured): Failure {
  const clauses = access.kind === "public" ? [] : access.anyOf;
  const ways = (isNamed: (scheme: string) => boolean) =>
    clauses
      .map(({ allOf }) => allOf.flatMap(({ scheme }) => (isNamed(scheme) ? scheme : [])).join(" and "))
      .join(", or ");
  const lacking = ways((scheme) => configured[scheme] === undefined);
  return new Failure("credential_missing", `The operation needs ${ways(() => true)}: auth lacks ${lacking}`);
}

async function prove(clause: Clause, ground: ProofGround, call: ClientCall): Promise<readonly Proved[]> {
  const proved: Proved[] = [];
  for (const { scheme, needs } of clause.allOf) {
    const credential = ground.configured[scheme];
    if (credential === undefined) throw new Failure("credential_missing", `The operation needs ${scheme}`);
    const request = new Asked(scheme, needs, ground, call.outgoing);
    proved.push({ credential, request, proof: await credential.prove(request) });
  }
  return proved;
}

/** What a credential is asked. A class with one getter for all its signals: a literal with a getter is a shape of its own, each time. */
class Asked implements ProofRequest {
  readonly #outgoing: Outgoing;
  readonly api: ApiPolicy;
  readonly origin: string;
  readonly tls: ClientTls | undefined;
  readonly proxy: ClientProxy | undefined;
  readonly now: () => number;
  /** Its own, so that it is there in whatever is spread from this. */
  declare readonly signal: AbortSignal;

  static readonly #signal: PropertyDescriptor & ThisType<Asked> = {
    enumerable: true,
    configurable: true,
    get() {
      return this.#outgoing.signal;
    },
  };

  constructor(
    readonly scheme: string,
    readonly scopes: readonly string[],
    { api, origin, tls, proxy, now }: ProofGround,
    outgoing: Outgoing,
  ) {
    this.#outgoing = outgoing;
    this.api = api;
    this.origin = origin;
    this.tls = tls;
    this.proxy = proxy;
    this.now = now;
    Object.defineProperty(this, "signal", Asked.#signal);
  }
}

async function renewed(proved: readonly Proved[]): Promise<boolean> {
  let any = false;
  for (const { credential, request, proof } of proved) {
    if (credential.renew !== undefined && (await credential.renew(proof, request))) any = true;
  }
  return any;
}

/** A step of the caller's may have spelt a header otherwise: one name, one header, and the credential's is the one. */
function withProofs(call: ClientCall, proved: readonly Proved[]): ClientCall {
  const headers = lowerCased(call.outgoing.headers);
  const taken = new Set<string>();
  for (const { proof } of proved) {
    for (const [name, text] of Object.entries(lowerCased(proof.headers ?? {}))) {
      if (taken.has(name)) throw new Failure("configuration", `Two credentials of one call need the header ${name}`);
      taken.add(name);
      headers[name] = text;
    }
    for (const [name, text] of Object.entries(proof.cookies ?? {}))
      headers.cookie = `${headers.cookie === undefined ? "" : `${headers.cookie}; `}${name}=${text}`;
  }
  return { ...call, outgoing: withHeaders(call.outgoing, headers) };
}

/** What is wrong with the proofs that the caller configured: schemes that the spec does not have, or has in another kind. */
export function misconfigured(
  api: ApiPolicy,
  configured: Configured,
  options: ClientOptions<object>,
): readonly string[] {
  return Object.entries(configured).flatMap(([scheme, credential]) => {
    if (credential === undefined) return [];
    const kind = Object.hasOwn(api.schemes, scheme) ? api.schemes[scheme]?.kind : undefined;
    if (kind === undefined) return [`auth.${scheme}: the spec has no such scheme`];
    if (kind !== credential.kind) return [`auth.${scheme}: the scheme is of kind ${kind}, not ${credential.kind}`];
    return credential.lacks?.(options) ?? [];
  });
}
