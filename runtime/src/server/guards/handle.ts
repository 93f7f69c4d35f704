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
        const answer: unknown = handler(toCall(call, id, ground.log));
        return isThenable(answer) ? answer.then((value) => settle(call, value), toRefusal) : settle(call, answer);
      } catch (thrown) {
        return toRefusal(thrown);
      }
    };
  },
};

function toCall(call: Loaded, operation: string, log: Call["log"]): Call & Readonly<Record<string, unknown>> {
  const { exchange, input, about } = call;
  return {
    requestId: call.requestId,
    operation,
    // Most handlers never look at it, and it costs a controller.
    get signal() {
      return exchange.signal;
    },
    log,
    principal: call.principal,
    path: input.path,
    query: input.query,
    header: input.header,
    cookie: input.cookie,
    body: input.body,
    bodyType: input.media,
    accept: call.accept,
    object: about.object,
    objects: about.objects,
    scope: about.scope,
  };
}

function toRefusal(thrown: unknown): Refusal {
  return thrown instanceof Refusal ? thrown : internal(thrown);
}

function isReply(value: unknown): value is HandlerReply {
  return typeof value === "object" && value !== null && "status" in value && Number.isInteger(value.status);
}
