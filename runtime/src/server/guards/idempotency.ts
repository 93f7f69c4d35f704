import { digestOf } from "../../credentials/token-cache.js";
import { type Idempotency, toMilliseconds } from "../../policy/index.js";
import { Refusal } from "../../problem/refusal.js";
import { badRequest, unavailable } from "../../problem/refusals.js";
import type { Claim, Found, Settlement } from "../../stores/idempotency.js";
import { addressKey } from "../address.js";
import type { Ground } from "../blueprint.js";
import { type Guard, isThenable, type Step } from "../guard.js";
import { keptKey, readKept, settlementOf } from "../kept-answer.js";
import { inTime } from "../patience.js";
import { type CallRecord, type Once, prove, type Reachable } from "../states.js";

/**
 * A key is for one call (draft-ietf-httpapi-idempotency-key-header): whoever repeats it gets the answer that was given, and nothing is
 * done twice. It is looked at when everything but the handler is through, so that nobody is given an answer who may not ask.
 */
export const idempotency: Guard<Reachable, Once> = {
  name: "idempotency",
  compile: ({ policy, id }, ground) => {
    const rule = policy.idempotency;
    if (rule === undefined) return undefined;
    const scope = compileScope(rule, id);
    return (call) => {
      const key = keyOf(call, rule);
      if (key instanceof Refusal) return key;
      if (key === undefined) return prove(prove(call, "replayed", false), "idempotencyKey", undefined);
      return claim(call, key, digestOf(`${scope(call)}|${key}`), rule, ground);
    };
  },
};

/** A guard that has nothing to do for a call that was answered before. */
export function unlessReplayed<In extends Once, Out extends In>(guard: Guard<In, Out>): Guard<In, Out> {
  return {
    name: guard.name,
    compile: (operation, ground) => {
      const step = guard.compile(operation, ground);
      if (step === undefined || operation.policy.idempotency === undefined) return step;
      // What it would have proved was proved of the answer that is given again.
      const passed: Step<In, Out> = (call) => (call.replayed ? (call as unknown as Out) : step(call));
      return passed;
    },
  };
}

function keyOf({ exchange }: Reachable, { header, required }: Idempotency): string | Refusal | undefined {
  const lines = exchange.headers.all(header.toLowerCase());
  const [line] = lines;
  if (line === undefined)
    return required ? badRequest(`${header} is required: a key that no other call has.`) : undefined;
  const key = lines.length === 1 ? keptKey(line) : undefined;
  return key ?? badRequest(`${header} is not one string of 1 to 255 characters.`);
}

type Scope = (call: Reachable) => string;

/** Whose the key is. Whoever is not known is known by the address. */
function compileScope({ scope }: Idempotency, operation: string): Scope {
  const readers = scope.map((part): Scope => {
    if (part === "operation") return () => operation;
    const fact = part === "principal" ? "id" : part;
    return ({ principal, exchange }) => `${part}:${principal?.[fact] ?? `unknown:${addressKey(exchange.address)}`}`;
  });
  return (call) => JSON.stringify(readers.map((read) => read(call)));
}

function claim(
  call: Reachable,
  given: string,
  key: string,
  rule: Idempotency,
  ground: Ground,
): Once | Refusal | Promise<Once | Refusal> {
  const { memory, now, patience } = ground;
  const mine: Claim = {
    // An answer of one version is none of another.
    fingerprint: rule.fingerprint === "none" ? (call.version ?? "") : fingerprintOf(call),
    // Of this very attempt: an id of the request may come from outside, and twice.
    owner: crypto.randomUUID(),
    lease: memory.lease,
    ttl: toMilliseconds(rule.ttl),
    again: memory.again,
  };
  const judge = (found: Found | Refusal): Once | Refusal => {
    if (found instanceof Refusal) return found;
    return found.kind === "new" ? hold(call, given, key, mine, ground) : settled(found, call, given);
  };
  try {
    const found = memory.store.begin(key, mine, now());
    if (!isThenable(found)) return judge(found);
    return inTime(found, patience, "The idempotency store").then(judge).catch(unavailable);
  } catch (thrown) {
    return unavailable(thrown);
  }
}

/** The call is the first: it runs, says so as long as it does, and leaves its answer. */
function hold(call: Reachable, given: string, key: string, mine: Claim, { memory, now, log, patience }: Ground): Once {
  const { store } = memory;
  const tell = (err: unknown) => log.error({ err, requestId: call.requestId }, "The idempotency store has failed");
  const attempt = (act: () => void | Promise<void>): void | Promise<void> => {
    try {
      const done = act();
      if (isThenable(done)) return inTime(done, patience, "The idempotency store").then(noteFailure(tell), tell);
    } catch (thrown) {
      tell(thrown);
    }
  };
  const beat = setInterval(() => void attempt(() => store.renew(key, mine, now())), mine.lease / 3);
  beat.unref?.();
  const stop = () => clearInterval(beat);
  const keep = (refusal: Refusal | undefined) => {
    stop();
    const how: Settlement = settlementOf(call as unknown as CallRecord, refusal);
    return attempt(() => store.settle(key, mine, how, now()));
  };
  const once = prove(prove(call, "replayed", false), "idempotencyKey", given);
  return prove(prove(once, "keep", keep), "closers", [...call.closers, stop]);
}

function noteFailure(tell: (cause: unknown) => void): (outcome: unknown) => void {
  return (outcome) => {
    if (outcome instanceof Refusal) tell(outcome.cause);
  };
}

/** What another call with this key has left. */
function settled(found: Exclude<Found, { readonly kind: "new" }>, call: Reachable, given: string): Once | Refusal {
  switch (found.kind) {
    case "other":
      return new Refusal("invalid_input", { status: 422, title: "The idempotency key belongs to another request" });
    case "running":
      return new Refusal("conflict", {
        status: 409,
        title: "A request with this idempotency key is under way",
        headers: ["Retry-After", "1"],
      });
    case "unknown":
      return new Refusal("conflict", {
        status: 409,
        title: "Nobody knows how the request with this idempotency key ended",
        detail: "Find out whether it was done before you repeat it with another key.",
      });
    case "done": {
      const kept = readKept(found.result, (call as unknown as CallRecord).operation.wire.held?.responses);
      if (kept instanceof Refusal) return kept;
      return prove(prove(prove(call, "replayed", true), "idempotencyKey", given), "projection", kept);
    }
    default:
      return found satisfies never;
  }
}

/** Of what the handler would get: the same input in another spelling is the same. */
function fingerprintOf({ input, version }: Reachable): string {
  const { path, query, body } = input;
  const said = version === undefined ? [path, query, body] : [path, query, body, version];
  return digestOf(JSON.stringify(said, ordered) ?? "");
}

/** Members in order of their names. */
function ordered(_key: string, value: unknown): unknown {
  if (typeof value === "bigint") return String(value);
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
