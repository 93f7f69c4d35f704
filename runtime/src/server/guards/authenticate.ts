import type { Identity, Principal } from "../../credentials/principal.js";
import type { Verdict } from "../../credentials/verifier.js";
import type { Exchange } from "../../http/exchange.js";
import { memberOf } from "../../http/pointer.js";
import type { Clause, SchemePolicy } from "../../policy/index.js";
import { Refusal } from "../../problem/refusal.js";
import { internal, invalidRequest, unauthenticated } from "../../problem/refusals.js";
import type { Ground } from "../blueprint.js";
import { challenges, type NamedVerifier, named } from "../challenges.js";
import { type Guard, isThenable } from "../guard.js";
import { needsScopes, reaches, schemesOf } from "../needs.js";
import { inTime } from "../patience.js";
import { compilePrincipal } from "../principal.js";
import { type AddressCounted, type Identified, prove } from "../states.js";

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
    const alternatives = access.anyOf.map((clause) => compileAlternative(clause, schemes, ground));
    const settle = (call: AddressCounted, answers: readonly Verdict[]): Identified | Refusal => {
      const entry = verdictOf(alternatives, answers) ?? challenge(schemes, answers, call.exchange, ground);
      if (entry instanceof Refusal) return entry;
      return prove(prove(call, "principal", entry.principal), "clause", entry.clause);
    };
    const [only] = schemes;
    return (call) => {
      // RFC 9110, 5.3 and 11.6.2: Authorization is one value. Two are two readings (R35).
      if (call.exchange.headers.all("authorization").length > 1) return invalidRequest("Authorization was sent twice.");
      // Most operations ask for one scheme, and then there is nothing to wait for together.
      if (only !== undefined && schemes.length === 1) {
        const answer = ask(only, call.exchange, ground);
        return isThenable(answer) ? answer.then((one) => settle(call, [one])) : settle(call, [answer]);
      }
      const asked = schemes.map((scheme) => ask(scheme, call.exchange, ground));
      return asked.some(isThenable)
        ? Promise.all(asked).then((answers) => settle(call, answers))
        : settle(call, asked as readonly Verdict[]);
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

function checked(verdict: unknown, name: string, { api, now }: Ground): Verdict {
  if (verdict === undefined || (verdict instanceof Refusal && verdict.status >= 400)) return verdict;
  if (isIdentity(verdict) && isOver(api.schemes[name], now())) return unaccepted;
  if (isIdentity(verdict)) return short(verdict, api.schemes[name]) ?? verdict;
  return internal(new TypeError(`The verifier of "${name}" answered neither an identity nor a refusal`));
}

/** Whether credentials of a scheme are no longer taken, however good they are: what is no date ends at once. */
function isOver(scheme: SchemePolicy | undefined, now: number): boolean {
  return scheme?.acceptedUntil !== undefined && !(now < Date.parse(scheme.acceptedUntil));
}

const unaccepted = new Refusal("unauthenticated", {
  status: 401,
  title: "The credential is not valid",
  detail: "Credentials of this kind are no longer accepted.",
});

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

const nobody: Entry = { principal: undefined, clause: undefined };

/** One alternative of the spec's `security`, compiled. */
interface Alternative {
  readonly clause: Clause;
  /** Its schemes: where the verdict of each stands among the answers, and whether an identity has what it needs. */
  readonly uses: readonly { readonly at: number; readonly reaches: (identity: Identity) => boolean }[];
  readonly principalOf: (identities: readonly Identity[]) => Principal | undefined;
}

function compileAlternative(clause: Clause, schemes: readonly NamedVerifier[], ground: Ground): Alternative {
  const uses = clause.allOf.map((use) => {
    const scopes = needsScopes(ground.api, use.scheme);
    return {
      at: schemes.findIndex(({ name }) => name === use.scheme),
      reaches: (identity: Identity) => reaches(use, identity, scopes, ground.roles),
    };
  });
  return { clause, uses, principalOf: compilePrincipal(clause, ground) };
}

function verdictOf(alternatives: readonly Alternative[], answers: readonly Verdict[]): Entry | Refusal | undefined {
  let first: Entry | undefined;
  for (const { clause, uses, principalOf } of alternatives) {
    const identities = identitiesOf(uses, answers);
    if (identities === undefined) continue;
    if (reachesAll(uses, identities)) return { principal: principalOf(identities), clause };
    first ??= { principal: principalOf(identities), clause };
  }
  const refusals = answers.filter((answer) => answer instanceof Refusal);
  // An empty clause is for callers without a credential, and for those whose credentials are good, but do not reach.
  if (refusals.length === 0 && alternatives.some(({ uses }) => uses.length === 0)) return nobody;
  return first ?? refusalOf(refusals);
}

function reachesAll(uses: Alternative["uses"], identities: readonly Identity[]): boolean {
  return uses.every((use, at) => use.reaches(identities[at] as Identity));
}

/** The identities of an alternative, where each of its schemes verified. */
function identitiesOf(uses: Alternative["uses"], answers: readonly Verdict[]): readonly Identity[] | undefined {
  const identities = uses.map(({ at }) => answers[at]);
  return identities.length > 0 && identities.every(isKnown) ? identities : undefined;
}

function isKnown(verdict: Verdict): verdict is Identity {
  return verdict !== undefined && !(verdict instanceof Refusal);
}

/** A failure on our side is told first, then a request that cannot be read; both say more than "not authenticated". */
function refusalOf(refusals: readonly Refusal[]): Refusal | undefined {
  return refusals.find((one) => one.status >= 500) ?? refusals.find((one) => one.status !== 401);
}

function challenge(
  schemes: readonly NamedVerifier[],
  answers: readonly Verdict[],
  exchange: Exchange,
  ground: Ground,
): Refusal {
  const bad = schemes.flatMap(({ name }, at) => {
    const verdict = answers[at];
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
