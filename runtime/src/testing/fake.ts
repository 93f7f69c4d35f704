import { type ClientCall, Failure, type Incoming, type Transport } from "../client/index.js";
import { sleep } from "../client/sleep.js";
import { toMilliseconds } from "../policy/index.js";
import type { Answer, FakeCall, Later, Outcome, Refuses, Step } from "./answer.js";
import type { Clock } from "./clock.js";
import { incomingOf, type Reply } from "./reply.js";

/** A transport that answers by itself. */
export interface Fake extends Transport {
  /** Every attempt, in the order in which they were made. */
  readonly calls: readonly FakeCall[];
  /**
   * For the end of a test: what was called and not expected, or expected and not called, whoever has caught what came of it.
   * @throws UnexpectedCall
   */
  readonly verify: () => void;
}

/** Options of a fake. */
export interface FakeOptions {
  /** Whose time `later` takes. Default: the machine's. */
  readonly clock?: Clock;
}

/** Answers by operation, as generated `fakes.ts` types them. */
export type AnswerTable = { readonly [operation: string]: Answer<never, Reply> | undefined };

/** A call for which a test has no answer. It is no Failure: neither repeats nor branches for failures take it for one. */
export class UnexpectedCall extends Error {
  override readonly name = "UnexpectedCall";
}

/**
 * A transport for tests, without a server and a network. Generated `fakes.ts` has `fake()`, which is typed by the spec; this is what it
 * calls.
 */
export function fakeTransport(answers: object, { clock = real }: FakeOptions = {}): Fake {
  const calls: FakeCall[] = [];
  const unexpected: string[] = [];
  const queues = new Map(
    Object.entries(answers as AnswerTable).flatMap(([id, answer]) => (isQueue(answer) ? [queueOf(id, answer)] : [])),
  );
  const next = (id: string): AnyStep | undefined => {
    const queue = queues.get(id);
    if (queue !== undefined) return queue.shift();
    return Object.hasOwn(answers, id) ? ((answers as AnswerTable)[id] as AnyStep | undefined) : undefined;
  };
  return {
    calls,
    send: async (request, call) => {
      if (call === undefined) throw new UnexpectedCall(`${request.method} ${request.url} is no call of a client`);
      const { operation, input, attempt } = call;
      const noted: FakeCall = { operation: operation.id, input, request, attempt };
      calls.push(noted);
      const step = next(operation.id);
      if (step === undefined) {
        unexpected.push(operation.id);
        throw new UnexpectedCall(reasonOf(operation.id, queues.has(operation.id)));
      }
      return outcomeOf(typeof step === "function" ? await step(noted as never) : step, call, clock);
    },
    close: async () => {},
    verify: () => verify(unexpected, queues),
  };
}

type AnyStep = Step<never, Reply>;

const real: Clock = { now: Date.now, sleep };

function isQueue(answer: AnswerTable[string]): answer is readonly AnyStep[] {
  return Array.isArray(answer);
}

function queueOf(id: string, answers: readonly AnyStep[]): readonly [string, AnyStep[]] {
  return [id, [...answers]];
}

function reasonOf(id: string, isOver: boolean): string {
  return isOver
    ? `${id} was called once more than the test has answers for it`
    : `${id} was called, and the test has no answer for it: pass fake({ ${id}: … })`;
}

async function outcomeOf(outcome: Outcome<Reply>, call: ClientCall, clock: Clock): Promise<Incoming> {
  if (!("kind" in outcome)) return incomingOf(outcome, call);
  if (outcome.kind === "fails") throw new Failure(outcome.code, "The test has this attempt fail");
  if (outcome.kind === "refuses") return incomingOf(problemOf(outcome), call);
  await wait(outcome, call, clock);
  return outcomeOf(outcome.outcome, call, clock);
}

/** A clock that does not run would never end a call that takes too long: so the fake does. */
async function wait({ after }: Later<Reply>, { deadline, outgoing }: ClientCall, clock: Clock): Promise<void> {
  const milliseconds = toMilliseconds(after);
  const left = deadline - clock.now();
  await clock.sleep(Math.min(milliseconds, Math.max(0, left)), outgoing.signal);
  if (left <= milliseconds) throw new Failure("timeout", "The call took longer than its deadline allows");
}

function problemOf({ status, problem, headers }: Refuses): Reply {
  const document = { type: "about:blank", title: "", ...problem, status };
  return { status, headers, type: "application/problem+json", body: document };
}

function verify(unexpected: readonly string[], queues: ReadonlyMap<string, readonly unknown[]>): void {
  const left = [...queues].filter(([, queue]) => queue.length > 0).map(([id, queue]) => `${id} (${queue.length})`);
  const faults = [
    ...(unexpected.length === 0 ? [] : [`Called, and not expected: ${unexpected.join(", ")}`]),
    ...(left.length === 0 ? [] : [`Answers that nobody asked for: ${left.join(", ")}`]),
  ];
  if (faults.length > 0) throw new UnexpectedCall(faults.join(". "));
}
