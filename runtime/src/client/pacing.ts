import type { ClientCall } from "./contract.js";
import { Failure } from "./failure.js";

/** What is known of one limit of a server. */
export interface Quota {
  /** Requests that may still be sent. */
  room: number;
  /** When that ends, in milliseconds since 1970. Never, while one request is under way to find out. */
  until: number;
  underWay: number;
  /** Requests that were sent in all. */
  sent: number;
}

/** A request that was counted against a quota. */
export interface Ticket {
  /** Whether no other was under way when it was sent. */
  readonly isAlone: boolean;
  /** `sent` of its quota, itself included. */
  readonly sent: number;
}

/** The limits that an operation was seen to count against. */
export interface Lane {
  readonly quotas: Set<Quota>;
}

type Tickets = ReadonlyMap<Quota, Ticket>;

/** A call that waits for room. */
interface Waiting {
  readonly deadline: number;
  readonly lane: Lane;
  readonly go: (tickets: Tickets) => void;
  readonly refuse: (reason: unknown) => void;
}

/** A quota of which nothing is known: one request may go and see. */
export function unknownQuota(): Quota {
  return { room: 1, until: Number.POSITIVE_INFINITY, underWay: 0, sent: 0 };
}

/** Calls that wait for room, in the order in which they came. Those of another lane are not held up. */
export interface Queue {
  /** Waits until there is room, and counts the request. */
  readonly enter: (call: ClientCall, lane: Lane) => Tickets | Promise<Tickets>;
  /** Lets go who has room by now. */
  readonly move: () => void;
}

/** An empty queue. */
export function queueOf(): Queue {
  let waiting: readonly Waiting[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;
  const move = () => {
    clearTimeout(timer);
    if (waiting.length === 0) return;
    const now = Date.now();
    const turns = new Map<Lane, number>();
    waiting = waiting.filter((one) => !settle(one, turns, now));
    const next = Math.min(...turns.values());
    if (waiting.length > 0 && Number.isFinite(next)) timer = setTimeout(move, Math.max(1, next - now));
  };
  return {
    move,
    enter: (call, lane) => {
      call.outgoing.signal.throwIfAborted();
      return (waiting.length === 0 ? take(lane, Date.now()) : undefined) ?? line(call, lane);
    },
  };

  function line({ deadline, outgoing: { signal } }: ClientCall, lane: Lane): Promise<Tickets> {
    return new Promise((resolve, reject) => {
      const leave = () => {
        waiting = waiting.filter((other) => other !== one);
        reject(signal.reason);
      };
      const settled = <T>(end: (outcome: T) => void) => {
        return (outcome: T) => {
          signal.removeEventListener("abort", leave);
          end(outcome);
        };
      };
      const one: Waiting = { deadline, lane, go: settled(resolve), refuse: settled(reject) };
      signal.addEventListener("abort", leave, { once: true });
      waiting = [...waiting, one];
      move();
    });
  }
}

/** Lets a call go, or tells it that its turn comes too late. `turns`: lanes that are known to be full, and until when. */
function settle({ lane, deadline, go, refuse }: Waiting, turns: Map<Lane, number>, now: number): boolean {
  const tickets = turns.has(lane) ? undefined : take(lane, now);
  if (tickets !== undefined) {
    go(tickets);
    return true;
  }
  const turn = turns.get(lane) ?? turnOf(lane);
  turns.set(lane, turn);
  if (turn === Number.POSITIVE_INFINITY || turn < deadline) return false;
  const message = "The server's limits leave no room before the call's deadline: nothing was sent";
  refuse(new Failure("rate_limited", message, { retryAfter: turn - now }));
  return true;
}

/** Counts a request against all limits of a lane, or against none. */
function take({ quotas }: Lane, now: number): Tickets | undefined {
  for (const quota of quotas) {
    if (now < quota.until) continue;
    quota.room = quota.underWay === 0 ? 1 : 0;
    quota.until = Number.POSITIVE_INFINITY;
  }
  if ([...quotas].some(({ room }) => room < 1)) return undefined;
  const tickets = new Map<Quota, Ticket>();
  for (const quota of quotas) {
    quota.room -= 1;
    quota.sent += 1;
    tickets.set(quota, { isAlone: quota.underWay === 0, sent: quota.sent });
    quota.underWay += 1;
  }
  return tickets;
}

/** When a lane without room has some, at the latest. */
function turnOf({ quotas }: Lane): number {
  return Math.max(0, ...[...quotas].filter(({ room }) => room < 1).map(({ until }) => until));
}
