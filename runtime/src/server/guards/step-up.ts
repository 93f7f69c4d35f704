import type { Identity, Principal } from "../../credentials/principal.js";
import { type StepUp, toMilliseconds } from "../../policy/index.js";
import { Refusal } from "../../problem/refusal.js";
import type { Ground } from "../blueprint.js";
import { challenges, named } from "../challenges.js";
import type { Guard } from "../guard.js";
import { schemesOf } from "../needs.js";
import type { Permitted } from "../states.js";

/** Whether the user signed in as strongly, and as lately, as the operation asks (RFC 9470). */
export const stepUp: Guard<Permitted, Permitted> = {
  name: "step-up",
  compile: ({ policy: { access, stepUp: rule } }, ground) => {
    if (rule === undefined) return undefined;
    const isEnough = compileRule(rule);
    const schemes = access.kind === "public" ? [] : schemesOf(access.anyOf).filter((name) => isToken(name, ground));
    const parameters = challengeOf(rule);
    return (call) => {
      if (tokensOf(call.principal, ground).some((identity) => isEnough(identity, call.at))) return call;
      const errors = new Map(schemes.map((name) => [name, parameters]));
      return new Refusal("insufficient_user_authentication", {
        status: 401,
        title: "A stronger or later sign-in is required",
        headers: challenges(named(schemes, ground), errors, call.exchange, ground),
        extensions: {
          acr_values: rule.acr ?? [],
          ...(rule.maxAge === undefined ? {} : { max_age: secondsOf(rule.maxAge) }),
        },
      });
    };
  },
};

function compileRule({ acr, maxAge }: StepUp): (identity: Identity, now: number) => boolean {
  const age = maxAge === undefined ? undefined : toMilliseconds(maxAge);
  return ({ claims }, now) => {
    if (acr !== undefined && !acr.some((value) => value === claims.acr)) return false;
    if (age === undefined) return true;
    // RFC 9470, 6.1: a token that does not say when the user signed in does not say that it was lately. Nor does the future.
    const { auth_time: at } = claims;
    return typeof at === "number" && at * 1_000 <= now + clockSkew && now - at * 1_000 <= age;
  };
}

const clockSkew = 30_000;

/** RFC 9470, 3. */
function challengeOf({ acr, maxAge }: StepUp): Readonly<Record<string, string>> {
  return {
    error: "insufficient_user_authentication",
    error_description: "A stronger or later sign-in is required",
    ...(acr === undefined ? {} : { acr_values: acr.join(" ") }),
    ...(maxAge === undefined ? {} : { max_age: String(secondsOf(maxAge)) }),
  };
}

function secondsOf(duration: NonNullable<StepUp["maxAge"]>): number {
  return Math.floor(toMilliseconds(duration) / 1_000);
}

function isToken(name: string, { api }: Ground): boolean {
  return api.schemes[name]?.kind === "token";
}

/** How a user signed in is said by tokens; a key or a password says nothing of it. */
function tokensOf(principal: Principal | undefined, ground: Ground): readonly Identity[] {
  if (principal === undefined) return [];
  return Object.entries(principal.credentials).flatMap(([name, identity]) => (isToken(name, ground) ? [identity] : []));
}
