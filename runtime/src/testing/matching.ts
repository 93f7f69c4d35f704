import { isOpen, type Placeholders, placeholder } from "./placeholders.js";
import type { Exchange } from "./recording.js";

/** A request, masked. */
export type Asked = Omit<Exchange, "answer">;

/** What stands in one place: in the recording, and in what is asked now. Without a number it is anything. */
type Pair = readonly [then: string | undefined, now: string | undefined];

/** What open signs stand for. */
export type Known = ReadonlyMap<string, string>;

/** An exchange that answers a request. */
export interface Match {
  readonly exchange: Exchange;
  readonly pairs: readonly Pair[];
  /** What hidden texts stand for from now on. */
  readonly known: Known;
}

/** The first that says the same of what is hidden as those before; else the first that is equal but for that. */
export function matchOf(left: readonly Exchange[], asked: Asked, known: Known): Match | undefined {
  const alike = left.flatMap((exchange) => {
    const pairs = pairsOf(exchange, asked);
    return pairs === undefined ? [] : [{ exchange, pairs, known: agreed(known, pairs) }];
  });
  const [match = alike[0]] = alike.filter((one) => one.known !== undefined);
  return match && { ...match, known: match.known ?? known };
}

/** What stands where, if the requests are equal but for what is hidden; a number that was answered is that number alone. */
function pairsOf(one: Asked, asked: Asked): readonly Pair[] | undefined {
  const [then, now] = [wholeOf(one), wholeOf(asked)];
  if (then.replace(placeholder, "()") !== now.replace(placeholder, "()")) return undefined;
  const signs = [...now.matchAll(placeholder)].map(([, sign]) => sign);
  const pairs = [...then.matchAll(placeholder)].map(([, sign], at): Pair => [sign, signs[at]]);
  return pairs.every(([a, b]) => a === undefined || b === undefined || isOpen(b) || a === b) ? pairs : undefined;
}

function wholeOf({ operation, method, target, body }: Asked): string {
  return JSON.stringify([operation, method, target, body ?? null]);
}

/** What open signs stand for, with a request more; `undefined` where one would stand for two things, or two for one. */
function agreed(known: Known, pairs: readonly Pair[]): Known | undefined {
  const all = new Map(known);
  for (const [then, now] of pairs) {
    if (then === undefined || !isOpen(now) || all.get(now) === then) continue;
    if (all.has(now) || [...all.values()].includes(then)) return undefined;
    all.set(now, then);
  }
  return all;
}

/** An answer with links to what was asked: clients follow those that lead to where they are. */
export function linked(text: string, pairs: readonly Pair[], { textOf }: Placeholders): string {
  return text.replace(/\(hidden%20(\d+)\)/g, (all, number: string) => {
    const now = pairs.find(([then]) => then === number)?.[1];
    const value = isOpen(now) ? textOf(now) : undefined;
    return value === undefined ? all : encodeURIComponent(value);
  });
}
