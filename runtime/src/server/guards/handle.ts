import { within } from "../../http/deadline.js";
import { lastEventIdOf } from "../../http/events.js";
import type { CheckedUrls } from "../../http/urls/checked.js";
import type { Log } from "../../observe/log.js";
import type { Trace } from "../../observe/trace.js";
import { toMilliseconds } from "../../policy/index.js";
import { Refusal } from "../../problem/refusal.js";
import { handlerTooSlow, internal, unavailable } from "../../problem/refusals.js";
import { CallSignal } from "../call-signal.js";
import type { Call, HandlerReply, Resumed } from "../contract.js";
import { type Guard, isThenable } from "../guard.js";
import { type Answered, type Once, prove } from "../states.js";
import { traceOfCall } from "../watch.js";

/** Runs the handler. It may throw a refusal; whatever else it throws is a failure that says nothing outside (R51). */
export const handle: Guard<Once, Answered> = {
  name: "handler",
  compile: ({ id, handler, policy }, ground) => {
    const { timeout = "30s" } = policy.bounds ?? ground.api.bounds;
    const patience = toMilliseconds(timeout);
    const ready = policy.audit?.level === "write" ? ground.audit.ready : undefined;
    const waited = (told: HandlerCall, pending: PromiseLike<unknown>) =>
      within(pending, patience, () => {
        const cause = new Error(`${id} took longer than ${patience} ms.`);
        told.expire(cause);
        return handlerTooSlow(cause);
      });
    const settle = (call: Once, answer: unknown): Answered | Refusal => {
      if (answer instanceof Refusal) return answer;
      return isReply(answer) ? prove(call, "answer", answer) : internal(new TypeError(`${id} answered no response`));
    };
    return (call) => {
      try {
        // What could not be remembered is not done.
        const unheard = ready?.();
        if (unheard !== undefined) return unavailable(unheard);
        const told = new HandlerCall(call, id, ground.log);
        const answer: unknown = handler(told);
        if (!isThenable(answer)) return settle(call, answer);
        return waited(told, answer).then((value) => settle(call, value), toRefusal);
      } catch (thrown) {
        return toRefusal(thrown);
      }
    };
  },
};

/** What handlers are told. It is a class for its getter: an object literal with one is made anew, shape and all, with every call. */
class HandlerCall implements Call, Resumed {
  readonly requestId: string;
  readonly principal: unknown;
  readonly path: unknown;
  readonly query: unknown;
  readonly header: unknown;
  readonly cookie: unknown;
  readonly body: unknown;
  readonly bodyType: string | undefined;
  readonly accept: string | undefined;
  readonly object: unknown;
  readonly objects: readonly unknown[];
  readonly scope: unknown;
  readonly urls: CheckedUrls;
  readonly idempotencyKey: string | undefined;
  readonly version: string | undefined;
  readonly #signal: CallSignal;
  readonly #call: Once;
  readonly #log: Log;
  #own: Log | undefined;

  constructor(
    call: Once,
    readonly operation: string,
    log: Log,
  ) {
    const { requestId, exchange, principal, input, accept, about, urls, idempotencyKey, version } = call;
    this.requestId = requestId;
    this.#signal = new CallSignal(exchange);
    this.#call = call;
    this.#log = log;
    this.principal = principal;
    this.path = input.path;
    this.query = input.query;
    this.header = input.header;
    this.cookie = input.cookie;
    this.body = input.body;
    this.bodyType = input.media;
    this.accept = accept;
    this.object = about.object;
    this.objects = about.objects;
    this.scope = about.scope;
    this.urls = urls;
    this.idempotencyKey = idempotencyKey;
    this.version = version;
  }

  // Most handlers never look at it, and it costs a controller.
  get signal(): AbortSignal {
    return this.#signal.signal;
  }

  get lastEventId(): string | undefined {
    return lastEventIdOf(this.#call.exchange.headers);
  }

  get trace(): Trace {
    return traceOfCall(this.#call);
  }

  get log(): Log {
    const { requestId, operation, trace } = this;
    this.#own ??= this.#log.child?.({ requestId, operation, traceId: trace.id }) ?? this.#log;
    return this.#own;
  }

  /** Nobody waits for the handler any more. */
  expire(reason: Error): void {
    this.#signal.expire(reason);
  }
}

function toRefusal(thrown: unknown): Refusal {
  return thrown instanceof Refusal ? thrown : internal(thrown);
}

function isReply(value: unknown): value is HandlerReply {
  return typeof value === "object" && value !== null && "status" in value && Number.isInteger(value.status);
}
