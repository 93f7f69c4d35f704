import type { Concurrency, Pace, SlowDown } from "../model/security.js";
import type { SpecObject, SpecValue } from "../model/spec.js";
import { objectOf, textOf, textsOf } from "./node.js";

/** How often an operation may be called, besides its limits. */
export function lowerPace({ cost, slowDown, concurrency }: SpecObject): Pace {
  return {
    cost: numberOf(cost) ?? 1,
    slowDown: lowerSlowDown(objectOf(slowDown)),
    concurrency: lowerConcurrency(objectOf(concurrency)),
  };
}

function lowerSlowDown(node: SpecObject | undefined): SlowDown | undefined {
  if (node === undefined) return undefined;
  return {
    after: numberOf(node.after) ?? 1,
    window: textOf(node.window) ?? "",
    delay: textOf(node.delay) ?? "",
    maxDelay: textOf(node.maxDelay) ?? "5s",
    key: textsOf(node.key),
  };
}

function lowerConcurrency(node: SpecObject | undefined): Concurrency | undefined {
  if (node === undefined) return undefined;
  const queue = numberOf(node.queue) ?? 0;
  const facts = { max: numberOf(node.max) ?? 1, key: textsOf(node.key) };
  return queue === 0 ? facts : { ...facts, queue, wait: textOf(node.wait) ?? "0s" };
}

function numberOf(value: SpecValue | undefined): number | undefined {
  return typeof value === "number" ? value : undefined;
}
