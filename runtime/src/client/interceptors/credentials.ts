import { askedFor, withHeaders } from "#ending";
import type { Access, ApiPolicy, Clause } from "../../policy/index.js";
import type { CallerOptions, ClientCall, Credential, Incoming, Interceptor, Proof, ProofRequest } from "../contract.js";
import { Failure } from "../failure.js";
import { lowerCased } from "../lower-cased.js";
import { isRepeatable } from "../streamed-body.js";
import { stayAtHome } from "../transports/options.js";

/** What the client was configured with, by scheme. */
export type Configured = Readonly<Record<string, Credential | undefined>>;

/** What every proof of an operation is asked with. `origin`: the one that credentials are for. */
export type ProofGround = Omit<ProofRequest, "scheme" | "scopes" | "signal">;

interface Proved {
  readonly credential: Credential;
  readonly request: ProofRequest;
  readonly proof: Proof;
}

/**
 * Adds the credentials that an operation asks for: all of an AND, those of the first OR that is configured, none where none are asked.
 * After a 401 they are renewed once, and the call is made once more.
 */
export function credentials(access: Access, configured: Configured, ground: ProofGround): Interceptor {
  const ways = access.kind === "public" ? [{ allOf: [] }] : access.anyOf;
  const way = chosen(ways, configured);
  return (next) => async (call) => {
    if (way === undefined) throw missing(ways, configured);
    if (way.allOf.length === 0) return next(call);
    // R58: a step of the user's may send a call elsewhere; the credentials do not go with it.
    stayAtHome(ground.origin, call.outgoing);
    const send = (proved: readonly Proved[]) =>
      proved.reduce((inner, { proof }) => proof.around?.(inner) ?? inner, next)(withProofs(call, proved));
    const proved = await prove(way, configured, ground, call);
    const incoming = await send(proved);
    const isFinal = incoming.status !== 401 || !isRepeatable(call.outgoing) || asksForTheUser(incoming);
    return isFinal || !(await renewed(proved)) ? incoming : send(await prove(way, configured, ground, call));
  };
}

/** RFC 9470, 3: another token of the same session would be refused again; the user must sign in. */
function asksForTheUser({ headers }: Incoming): boolean {
  return /\berror="?insufficient_user_authentication\b/.test(headers["www-authenticate"] ?? "");
}

/** The first of several ways that is configured; nobody at all comes last. */
function chosen(ways: readonly Clause[], configured: Configured): Clause | undefined {
  const open = ways.filter(({ allOf }) => allOf.every(({ scheme }) => configured[scheme]));
  return open.find(({ allOf }) => allOf.length > 0) ?? open[0];
}

function missing(ways: readonly Clause[], configured: Configured): Failure {
  const named = (isNamed: (scheme: string) => boolean) =>
    ways
      .map(({ allOf }) =>
        allOf
          .map(({ scheme }) => scheme)
          .filter(isNamed)
          .join(" and "),
      )
      .join(", or ");
  const lacking = named((scheme) => !configured[scheme]);
  return new Failure("credential_missing", `The operation needs ${named(() => true)}: auth lacks ${lacking}`);
}

async function prove(
  { allOf }: Clause,
  configured: Configured,
  ground: ProofGround,
  { outgoing }: ClientCall,
): Promise<readonly Proved[]> {
  const proved: Proved[] = [];
  for (const { scheme, needs } of allOf) {
    const credential = configured[scheme] as Credential;
    const request = askedFor(outgoing, { ...ground, scheme, scopes: needs });
    proved.push({ credential, request, proof: await credential.prove(request) });
  }
  return proved;
}

async function renewed(proved: readonly Proved[]): Promise<boolean> {
  let any = false;
  for (const { credential, request, proof } of proved) any = (await credential.renew?.(proof, request)) || any;
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
  options: CallerOptions<object>,
): string | undefined {
  for (const [scheme, credential] of Object.entries(configured)) {
    if (credential === undefined) continue;
    const isKnown = Object.hasOwn(api.schemes, scheme) && api.schemes[scheme]?.kind === credential.kind;
    const fault = isKnown ? credential.lacks?.(options) : `the spec has no such scheme of kind ${credential.kind}`;
    if (fault !== undefined) return `auth.${scheme}: ${fault}`;
  }
  return undefined;
}
