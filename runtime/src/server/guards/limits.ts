import { Refusal } from "../../problem/refusal.js";
import type { Blueprint, Ground } from "../blueprint.js";
import { named } from "../challenges.js";
import { type Guard, isThenable } from "../guard.js";
import type { Phase } from "../limits/rate.js";
import { ratesOf } from "../limits/rates.js";
import { compileRation, type Ration } from "../limits/ration.js";
import type { Known } from "../limits/subject.js";
import { schemesOf } from "../needs.js";
import {
  type AddressCounted,
  type CallerCounted,
  type Count,
  type Facts,
  type Identified,
  type InputCounted,
  type InService,
  prove,
  type Validated,
} from "../states.js";

/**
 * Limits that need no credential, before one is looked at: a signature is dear, and guessing must be cheap to stop. Where the answer
 * takes a round trip, and who calls is remembered from before, they are asked for together with the limits of the caller.
 */
export const limitByAddress: Guard<InService, AddressCounted> = {
  name: "limits by address",
  compile: (operation, ground) => {
    const ration = rationOf("address", operation, ground);
    if (ration === undefined) return undefined;
    const mayOwe = compileCredit(operation, ground);
    return (call) => {
      if (mayOwe === undefined || !mayOwe(call))
        return passed(ration(call), prove(call, "owed", false), "addressCounts");
      // A guard in between may refuse the call: then it is counted when it is over.
      const owing = prove(call, "owed", true);
      const closer = () => {
        if (owing.owed) void ration(owing);
      };
      return prove(prove(owing, "closers", [...call.closers, closer]), "addressCounts", []);
    };
  },
};

/** Limits of a caller, counted for who it is and never for which token it holds: a new token opens no new quota (R42). */
export const limitByCaller: Guard<Identified, CallerCounted> = {
  name: "limits by principal",
  compile: (operation, ground) => {
    const rates = ratesOf(operation, ground);
    const own = rationOf("caller", operation, ground);
    if (own === undefined) return undefined;
    const both = compileRation(
      rates.filter(({ phase }) => phase !== "input"),
      ground,
    );
    return (call) => {
      if (!call.owed) return passed(own(call), call, "callerCounts");
      prove(call, "owed", false);
      const counts = both(call);
      return isThenable(counts) ? counts.then((all) => shared(all, call)) : shared(counts, call);
    };
  },
};

/** Limits of what is asked for, counted by the values that the handler gets: what is spelt otherwise is not counted apart (R38). */
export const limitByInput: Guard<Validated, InputCounted> = {
  name: "limits by input",
  compile: (operation, ground) => {
    const ration = rationOf("input", operation, ground);
    return ration === undefined ? undefined : (call) => passed(ration(call), call, "inputCounts");
  },
};

function rationOf(phase: Phase, operation: Blueprint, ground: Ground): Ration | undefined {
  const rates = ratesOf(operation, ground).filter((rate) => rate.phase === phase);
  return rates.length === 0 ? undefined : compileRation(rates, ground);
}

type CountFact = "addressCounts" | "callerCounts" | "inputCounts";

function passed<C extends Known, F extends CountFact>(
  outcome: ReturnType<Ration>,
  call: C,
  fact: F,
): (C & Pick<Facts, F>) | Refusal | Promise<(C & Pick<Facts, F>) | Refusal> {
  return isThenable(outcome) ? outcome.then((counts) => settled(counts, call, fact)) : settled(outcome, call, fact);
}

function settled<C extends Known, F extends CountFact>(counts: readonly Count[] | Refusal, call: C, fact: F) {
  return counts instanceof Refusal ? counts : prove(call, fact, counts);
}

/** What was counted together is told apart again: a caller who is not known is told of no caller's counters (R45). */
function shared(counts: readonly Count[] | Refusal, call: Identified): CallerCounted | Refusal {
  if (counts instanceof Refusal) return counts;
  prove(
    call,
    "addressCounts",
    counts.filter(({ rate }) => rate.phase === "address"),
  );
  return prove(
    call,
    "callerCounts",
    counts.filter(({ rate }) => rate.phase !== "address"),
  );
}

/**
 * Whether limits by address may wait until it is known who calls: the answer is there already, and it is yes. A caller whose credential
 * would have to be judged first is counted first. `undefined`: they never may.
 */
function compileCredit(operation: Blueprint, ground: Ground): ((call: Known) => boolean) | undefined {
  const { access } = operation.policy;
  if (!ground.counters.remote || access.kind === "public") return undefined;
  if (!ratesOf(operation, ground).some(({ phase }) => phase === "caller")) return undefined;
  const verifiers = named(schemesOf(access.anyOf), ground).map(({ verifier }) => verifier);
  return ({ exchange }) => {
    const answers = verifiers.map((verifier) => verifier.foresee?.(exchange));
    return answers.includes("known") && answers.every((one) => one !== undefined);
  };
}
