import type { Refusal } from "../../problem/refusal.js";
import type { LimitCheck, LimitStore, LimitVerdict } from "../../stores/limits.js";

/** When a rate is counted: before it is known who calls, after that, or when it is known what is asked for. */
export type Phase = "address" | "caller" | "input";

/** What becomes of a count when the call goes on. */
export type RateKind = "plain" | "failures" | "content" | "slot" | "delay" | "lockout";

/** Something that calls are counted by. */
export interface RateFacts {
  readonly name: string;
  /** The name, as it stands in `RateLimit`. */
  readonly label: string;
  readonly kind: RateKind;
  readonly phase: Phase;
  readonly onStoreError: "local" | "deny" | "allow";
  readonly headers: "draft" | "legacy" | "both" | "none";
  /** Of slots: how many may wait for one, and for how many milliseconds. */
  readonly queue?: { readonly size: number; readonly wait: number };
  /** Of delays, in milliseconds. */
  readonly delay?: { readonly step: number; readonly most: number };
}

/** One counter that a call is counted by. */
export interface Asked {
  readonly rate: RateFacts;
  readonly check: LimitCheck;
  /** The item of `RateLimit-Policy`. */
  readonly policy: string;
}

/** What a store ruled on what was asked. */
export interface Ruling {
  /** Of each that was asked; `undefined`: nobody could say, and the limit lets such calls through. */
  readonly verdicts: readonly (LimitVerdict | undefined)[];
  /** Where it was counted: what is given back is given back there. */
  readonly store: LimitStore;
}

/** Counters that never hang (R44): while the store fails, each limit does what it says it does then. */
export interface Counters {
  readonly take: (asked: readonly Asked[], now: number) => Ruling | Refusal | Promise<Ruling | Refusal>;
  /** Counts, gives back or releases what cannot be refused any more. Nobody waits for it. */
  readonly settle: (store: LimitStore, checks: readonly LimitCheck[]) => void | Promise<void>;
  /** Whether an answer takes a round trip, so that one is better than two. */
  readonly remote: boolean;
}
