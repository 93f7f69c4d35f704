import type { Identity, Principal } from "../../credentials/principal.js";
import type { Verdict } from "../../credentials/verifier.js";
import type { Exchange } from "../../http/exchange.js";
import type { Clause, SchemePolicy } from "../../policy/index.js";
import { Refusal } from "../../problem/refusal.js";
import { internal, invalidRequest, unauthenticated } from "../../problem/refusals.js";
import type { Ground } from "../blueprint.js";
import { challenges, type NamedVerifier, named } from "../challenges.js";
import { type Guard, isThenable } from "../guard.js";
import { lacking, needsScopes, schemesOf } from "../needs.js";
import { inTime } from "../patience.js";
import { memberOf } from "../pointer.js";
import { type AddressCounted, type Identified, prove } from "../states.js";

type Verdicts = ReadonlyMap<string, Verdict>;

/**
 * Who calls. Each scheme is asked once; the caller comes in by the first alternative whose credentials all verify, and one that
 * also has the scopes goes before one that has not. A bad credential is never taken for none (R11).
 */
export const authenticate: Guard<AddressCounted, Identified> = {
  name: "authenticate",
  compile: ({ policy }, ground) => {
    const { access } = policy;
    if (access.kind === "public") return undefined;
    const schemes = named(schemesOf(access.anyOf), ground);
    const judge = (verdicts: Verdicts, exchange: Exchange) =>
      verdictOf(access.anyOf, verdicts, ground) ?? challenge(schemes, verdicts, exchange, ground);
    return (call) => {
      // RFC 9110, 5.3 and 11.6.2: Authorization is one value. Two are two readings (R35).
      if (call.exchange.headers.all("authorization").length > 1) return invalidRequest("Authorization was sent twice.");
      const settle = (answers: readonly Verdict[]): Identified | Refusal => {
        const entry = judge(new Map(schemes.map(({ name }, at) => [name, answers[at]])), call.exchange);
        if (entry instanceof Refusal) return entry;
        return prove(prove(call, "principal", entry.principal), "clause", entry.clause);
      };
      const asked = schemes.map((scheme) => ask(scheme, call.exchange, ground));
      return asked.some(isThenable) ? Promise.all(asked).then(settle) : settle(asked as readonly Verdict[]);
    };
  },
};

/** A verifier that throws, rejects, hangs or answers nonsense lets nobody in (R12). */
function ask({ name, verifier }: NamedVerifier, exchange: Exchange, ground: Ground): Verdict | PromiseLike<Verdict> {
  try {
    const answer = verifier.verify(exchange);
    if (!isThenable(answer)) return checked(answer, name, ground);
    const verdict = inTime(answer, ground.patience, `The verifier of "${name}"`);
    return verdict.then((one) => checked(one, name, ground), internal);
  } catch (thrown) {
    return internal(thrown);
  }
}

function checked(verdict: unknown, name: string, { api }: Ground): Verdict {
  if (verdict === undefined || (verdict instanceof Refusal && verdict.status >= 400)) return verdict;
  if (isIdentity(verdict)) return short(verdict, api.schemes[name]) ?? verdict;
  return internal(new TypeError(`The verifier of "${name}" answered neither an identity nor a refusal`));
}

/** Handlers are typed by what the mapping reads: a verifier of tokens that answers less does not verify them (R29). */
function short({ claims, tenant }: Identity, scheme: SchemePolicy | undefined): Refusal | undefined {
  if (scheme?.kind !== "token") return undefined;
  const { principal } = scheme;
  const missing = principal.id.find((name) => typeof claims[name] !== "string");
  if (missing !== undefined) return internal(new TypeError(`A verified token has no claim ${missing}`));
  return principal.tenant !== undefined && tenant === undefined
    ? internal(new TypeError("A verified token has no tenant"))
    : undefined;
}

/** Own properties only: what every object has, because somebody has polluted their prototype, makes nobody an identity (R32). */
function isIdentity(value: unknown): value is Identity {
  const claims = memberOf(value, "claims");
  if (typeof claims !== "object" || claims === null) return false;
  const id = memberOf(value, "id");
  const isNamed = typeof id === "string" && id !== "";
  return isNamed && memberOf(value, "scopes") instanceof Set && memberOf(value, "roles") instanceof Set;
}

interface Entry {
  readonly principal: Principal | undefined;
  readonly clause: Clause | undefined;
}

function verdictOf(clauses: readonly Clause[], verdicts: Verdicts, ground: Ground): Entry | Refusal | undefined {
  const entries = clauses.flatMap((clause) => enter(clause, verdicts));
  const enough = entries.find(({ clause, identities }) =>
    clause.allOf.every((use, at) => {
      const identity = identities[at];
      return (
        identity !== undefined && lacking(use, identity, needsScopes(ground.api, use.scheme), ground.roles).length === 0
      );
    }),
  );
  const refusals = [...verdicts.values()].filter((verdict) => verdict instanceof Refusal);
  // An empty clause is for callers without a credential, and for those whose credentials are good, but do not reach.
  const anonymous = refusals.length === 0 && clauses.some((clause) => clause.allOf.length === 0);
  if (enough === undefined && anonymous) return { principal: undefined, clause: undefined };
  const entry = enough ?? entries[0];
  if (entry !== undefined)
    return { principal: toPrincipal(entry.clause, entry.identities, ground), clause: entry.clause };
  return refusalOf(refusals);
}

/** The identities of a clause, where each of its schemes verified. */
function enter(clause: Clause, verdicts: Verdicts): { clause: Clause; identities: readonly Identity[] }[] {
  if (clause.allOf.length === 0) return [];
  const identities = clause.allOf.flatMap(({ scheme }) => {
    const verdict = verdicts.get(scheme);
    return verdict === undefined || verdict instanceof Refusal ? [] : [verdict];
  });
  return identities.length === clause.allOf.length ? [{ clause, identities }] : [];
}

/** A failure on our side is told first, then a request that cannot be read; both say more than "not authenticated". */
function refusalOf(refusals: readonly Refusal[]): Refusal | undefined {
  return refusals.find((one) => one.status >= 500) ?? refusals.find((one) => one.status !== 401);
}

function challenge(schemes: readonly NamedVerifier[], verdicts: Verdicts, exchange: Exchange, ground: Ground): Refusal {
  const bad = schemes.flatMap(({ name }) => {
    const verdict = verdicts.get(name);
    return verdict instanceof Refusal ? [{ name, verdict }] : [];
  });
  // RFC 6750, 3.1: the error codes are those of tokens. A bad key or password is told by the status alone.
  const tokens = bad.filter(({ verdict }) => verdict.code === "invalid_token");
  const errors = new Map(tokens.map(({ name, verdict }) => [name, errorOf(verdict)]));
  const refusal = unauthenticated(challenges(schemes, errors, exchange, ground));
  const [first] = bad;
  if (first === undefined) return refusal;
  return new Refusal(tokens.length > 0 ? "invalid_token" : "unauthenticated", {
    status: 401,
    title: "The credential is not valid",
    headers: refusal.headers,
    cause: first.verdict.cause ?? first.verdict.detail,
  });
}

function errorOf(refusal: Refusal): Readonly<Record<string, string>> {
  return {
    error: "invalid_token",
    ...(refusal.detail === undefined ? {} : { error_description: refusal.detail }),
    ...refusal.challenge,
  };
}

function toPrincipal(clause: Clause, identities: readonly Identity[], ground: Ground): Principal | undefined {
  const [first] = identities;
  if (first === undefined) return undefined;
  // By the name that the clause has for the scheme, whatever the verifier calls it. Without a prototype, so that none is there by
  // accident.
  const credentials: Record<string, Identity> = { __proto__: null } as never;
  clause.allOf.forEach(({ scheme }, at) => {
    const identity = identities[at];
    if (identity !== undefined) credentials[scheme] = identity;
  });
  const { scheme, id, subject, issuer, client, tenant, scopes, claims } = first;
  // All credentials of the clause were verified, so the roles of each count.
  const roles =
    identities.length === 1
      ? ground.roles.of(first.roles)
      : ground.roles.expand(identities.flatMap((one) => [...one.roles]));
  return { scheme, id, subject, issuer, client, tenant, scopes, roles, claims, credentials };
}
