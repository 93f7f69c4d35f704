import type { FailureCode, Outgoing } from "../client/index.js";
import type { Duration } from "../policy/index.js";
import type { Problem } from "../problem/problem.js";

/** A call that a fake answers. */
export interface FakeCall<Input = unknown> {
  /** The operation's id. */
  readonly operation: string;
  /** As it was given to the client. */
  readonly input: Input;
  /** As it would have been sent. */
  readonly request: Outgoing;
  /** 1 for the first. */
  readonly attempt: number;
}

/** A refusal, as every operation may answer one: see `refuses`. */
export interface Refuses {
  readonly kind: "refuses";
  readonly status: number;
  readonly problem: Partial<Problem>;
  readonly headers: Readonly<Record<string, string>>;
}

/** No answer at all: see `fails`. */
export interface Fails {
  readonly kind: "fails";
  readonly code: FailureCode;
}

/** An answer that takes its time: see `later`. */
export interface Later<Reply> {
  readonly kind: "later";
  readonly after: Duration;
  readonly outcome: Outcome<Reply>;
}

/** What becomes of one attempt: one of the replies that the spec declares, or trouble. */
export type Outcome<Reply> = Reply | Refuses | Fails | Later<Reply>;

/** An outcome, or what makes one of the call. */
export type Step<Input, Reply> = Outcome<Reply> | ((call: FakeCall<Input>) => Outcome<Reply> | Promise<Outcome<Reply>>);

/** What an operation answers: always the same, or one step after the other, an attempt each. */
export type Answer<Input, Reply> = Step<Input, Reply> | readonly Step<Input, Reply>[];

/** A problem document (RFC 9457): `refuses(429, { detail: "Too fast", headers: { "retry-after": "2" } })`. */
export function refuses(
  status: number,
  { headers = {}, ...problem }: Partial<Problem> & { readonly headers?: Readonly<Record<string, string>> } = {},
): Refuses {
  return { kind: "refuses", status, problem, headers };
}

/** An attempt that gets no answer: `fails("network")`. */
export function fails(code: FailureCode): Fails {
  return { kind: "fails", code };
}

/** An outcome after a while, by the clock of the fake: `later("5s", { status: 200, body })`. */
export function later<Reply>(after: Duration, outcome: Outcome<Reply>): Later<Reply> {
  return { kind: "later", after, outcome };
}
