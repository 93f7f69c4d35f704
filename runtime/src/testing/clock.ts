import type { ClientOptions } from "../client/index.js";
import { type Duration, toMilliseconds } from "../policy/index.js";

/** A clock as a client and a fake ask it. */
export type Clock = Required<Pick<ClientOptions<object>, "now" | "sleep">>;

/** A clock for tests: time passes when somebody waits, and nobody waits for it. */
export interface FakeClock extends Clock {
  /** How long each wait was, in milliseconds. */
  readonly slept: readonly number[];
  /** Lets time pass. */
  readonly pass: (duration: Duration) => void;
}

/**
 * A clock of which a test is the master: `createClient({ …, transport: fake(answers, { clock }), ...clock })`. Those who begin to wait at
 * the same time wait side by side.
 * @param start milliseconds since 1970.
 */
export function fakeClock(start = 0): FakeClock {
  const slept: number[] = [];
  let time = start;
  return {
    slept,
    now: () => time,
    pass: (duration) => {
      time += toMilliseconds(duration);
    },
    sleep: async (milliseconds, signal) => {
      signal.throwIfAborted();
      slept.push(milliseconds);
      const until = time + milliseconds;
      await Promise.resolve();
      time = Math.max(time, until);
    },
  };
}
