import type { Exchange } from "../../http/exchange.js";
import type { Log } from "../../observe/log.js";
import { Refusal } from "../../problem/refusal.js";
import { internal } from "../../problem/refusals.js";
import type { Call, HandlerReply } from "../contract.js";
import { type Guard, isThenable } from "../guard.js";
import { type Answered, type Loaded, prove } from "../states.js";

/** Runs the handler. It may throw a refusal; whatever else it throws is a failure that says nothing outside (R51). */
export const handle: Guard<Loaded, Answered> = {
  name: "handler",
  compile: ({ id, handler }, ground) => {
    const settle = (call: Loaded, answer: unknown): Answered | Refusal => {
      if (answer instanceof Refusal) return answer;
      return isReply(answer) ? prove(call, "answer", answer) : internal(new TypeError(`${id} answered no response`));
    };
    return (call) => {
      try {
        const answer: unknown = handler(new HandlerCall(call, id, ground.log));
        return isThenable(answer) ? answer.then((value) => settle(call, value), toRefusal) : settle(call, answer);
      } catch (thrown) {
        return toRefusal(thrown);
      }
    };
  },
};

/** What handlers are told. It is a class for its getter: an object literal with one is made anew, shape and all, with every call. */
class HandlerCall implements Call {
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
  readonly #exchange: Exchange;

  constructor(
    { requestId, exchange, principal, input, accept, about }: Loaded,
    readonly operation: string,
    readonly log: Log,
  ) {
    this.requestId = requestId;
    this.#exchange = exchange;
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
  }

  // Most handlers never look at it, and it costs a controller.
  get signal(): AbortSignal {
    return this.#exchange.signal;
  }
}

function toRefusal(thrown: unknown): Refusal {
  return thrown instanceof Refusal ? thrown : internal(thrown);
}

function isReply(value: unknown): value is HandlerReply {
  return typeof value === "object" && value !== null && "status" in value && Number.isInteger(value.status);
}
