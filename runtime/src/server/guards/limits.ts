import type { Limit, LimitKeyPart } from "../../policy/index.js";
import { toMilliseconds } from "../../policy/index.js";
import type { Refusal } from "../../problem/refusal.js";
import { unavailable } from "../../problem/refusals.js";
import type { LimitCheck, LimitVerdict } from "../../stores/limits.js";
import { addressKey } from "../address.js";
import type { Ground } from "../blueprint.js";
import { type Guard, isThenable } from "../guard.js";
import { quotaExceeded } from "../quota.js";
import {
  type AddressCounted,
  type CallerCounted,
  type Count,
  type Identified,
  type InService,
  prove,
} from "../states.js";

/** How long a store may take (R44): a limiter that hangs must not hang the server. */
const patience = 250;

/** Limits that need no credential, before one is looked at: a signature is dear, and guessing must be cheap to stop. */
export const limitByAddress: Guard<InService, AddressCounted> = {
  name: "limits by address",
  compile: (operation, ground) => {
    const limits = (operation.policy.limits ?? []).filter((limit) => !limit.key.includes("principal"));
    if (limits.length === 0) return undefined;
    const ration = compileRation(limits, operation.id, ground);
    return (call) =>
      ration(call.exchange.address, undefined, call.at, (counts) => prove(call, "addressCounts", counts));
  },
};

/** Limits of a caller, counted for who it is and never for which token it holds: a new token opens no new quota (R42). */
export const limitByCaller: Guard<Identified, CallerCounted> = {
  name: "limits by principal",
  compile: (operation, ground) => {
    const limits = (operation.policy.limits ?? []).filter((limit) => limit.key.includes("principal"));
    if (limits.length === 0) return undefined;
    const ration = compileRation(limits, operation.id, ground);
    return (call) =>
      ration(call.exchange.address, call.principal?.id, call.at, (counts) => prove(call, "callerCounts", counts));
  },
};

type Ration = <Out>(
  address: string | undefined,
  principal: string | undefined,
  now: number,
  passed: (counts: readonly Count[]) => Out,
) => Out | Refusal | Promise<Out | Refusal>;

function compileRation(limits: readonly Limit[], operation: string, ground: Ground): Ration {
  const rates = limits.map((limit) => ({
    limit,
    interval: toMilliseconds(limit.window) / limit.limit,
  }));
  return (address, principal, now, passed) => {
    const subjects = { address: addressKey(address), principal, operation };
    const checks = rates.map(
      ({ limit, interval }): LimitCheck => ({ key: counterKey(limit, subjects), interval, burst: limit.burst }),
    );
    const judge = (verdicts: readonly LimitVerdict[]) => {
      const counts = pair(limits, verdicts);
      if (counts === undefined) return unavailable(new Error("The limit store did not answer for every limit."));
      return counts.every((count) => count.verdict.allowed) ? passed(counts) : quotaExceeded(counts);
    };
    try {
      const verdicts = ground.limits.take(checks, now);
      return isThenable(verdicts) ? inTime(verdicts).then(judge).catch(unavailable) : judge(verdicts);
    } catch (thrown) {
      return unavailable(thrown);
    }
  };
}

interface Subjects {
  readonly address: string;
  readonly principal: string | undefined;
  readonly operation: string;
}

/** The name and the subject. Parts are escaped, so that no subject can be spelt to share another's counter. */
function counterKey(limit: Limit, subjects: Subjects): string {
  return [limit.name, ...limit.key.map((part) => subjectOf(part, subjects))].map(encodeURIComponent).join("|");
}

function subjectOf(part: LimitKeyPart, { address, principal, operation }: Subjects): string {
  switch (part) {
    case "ip":
      return address;
    case "principal":
      // Anonymous callers are told apart by where they come from; they never share the counter of a principal.
      return principal === undefined ? `anonymous:${address}` : `principal:${principal}`;
    case "operation":
      return operation;
    default:
      part satisfies never;
      throw new TypeError(`Unknown key part ${String(part)}`);
  }
}

function pair(limits: readonly Limit[], verdicts: readonly LimitVerdict[]): readonly Count[] | undefined {
  if (!Array.isArray(verdicts) || verdicts.length !== limits.length) return undefined;
  const counts = limits.flatMap((limit, at) => {
    const verdict: LimitVerdict | undefined = verdicts[at];
    return typeof verdict?.allowed === "boolean" ? [{ limit, verdict }] : [];
  });
  return counts.length === limits.length ? counts : undefined;
}

function inTime<T>(pending: PromiseLike<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`The limit store took longer than ${patience} ms.`)), patience);
    pending.then(resolve, reject).then(() => clearTimeout(timer));
  });
}
