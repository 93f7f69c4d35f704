import { use } from "../../code/identifier.js";
import type { Code } from "../../code/layout.js";
import { literal } from "../../code/literal.js";
import { call, type Entry, object } from "../../code/shapes.js";
import type { Limit, LimitTiers, Pace } from "../../model/security.js";
import { modules } from "../names.js";
import { optional } from "./scheme.js";

/** A named limit. What holds anyway is not said. */
export function limitCode({ name, limit, window, burst, key, ...rest }: Limit): Code {
  const rule: readonly Entry[] = [
    { key: "limit", value: literal(limit) },
    { key: "window", value: literal(window) },
    { key: "key", value: literal(key) },
    ...optional("burst", burst === limit ? undefined : burst, literal),
    ...optional("algorithm", rest.algorithm, literal),
    ...optional("unit", rest.unit, literal),
    ...optional("count", rest.count, literal),
    ...optional("lockout", rest.lockout, (one) => literal({ ...one })),
    ...optional("tiers", rest.tiers, tiersCode),
    ...optional("exempt", rest.exempt, literal),
    ...optional("onStoreError", rest.onStoreError, literal),
    ...optional("headers", rest.headers, literal),
  ];
  return call(use("limit", modules.policy), [literal(name), object(rule)]);
}

function tiersCode({ by, of }: LimitTiers): Code {
  const plans = of.map(({ plan, ...amount }) => ({ key: plan, value: literal(amount) }));
  return object([
    { key: "by", value: literal(by) },
    { key: "of", value: object(plans) },
  ]);
}

/** How often an operation may be called, besides its limits. */
export function paceEntries({ cost, slowDown, concurrency }: Pace): readonly Entry[] {
  return [
    ...optional("cost", cost === 1 ? undefined : cost, literal),
    ...optional("slowDown", slowDown, (rule) => literal({ ...rule })),
    ...optional("concurrency", concurrency, (rule) => literal({ ...rule })),
  ];
}
