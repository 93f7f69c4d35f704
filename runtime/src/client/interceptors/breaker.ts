import { type Duration, toMilliseconds } from "../../policy/index.js";
import { at } from "../chain.js";
import type { ClientCall, Incoming, Placed } from "../contract.js";
import { Failure } from "../failure.js";

/** Options of `circuitBreaker`. */
export interface BreakerOptions {
  /** Attempts that fail one after another before the circuit opens; 5 where absent. */
  readonly failures?: number;
  /** How long nothing is sent then; 30 s where absent. */
  readonly pause?: Duration;
  /** Answers that are failures of the server; 500 and above where absent. */
  readonly isFailure?: (incoming: Incoming) => boolean;
  /** The clock, for tests: milliseconds since 1970. */
  readonly now?: () => number;
}

/** How an origin fares. `probing`: the pause is over, and one attempt finds out. */
interface Circuit {
  failures: number;
  openUntil: number;
  probing: boolean;
}

/**
 * Lets a server rest that keeps failing: after so many failures in a row nothing is sent for a while, and calls fail at once with
 * `circuit_open`. Then one attempt goes out to see. Each origin has a circuit of its own; clients that are given the same one share them.
 * @throws Failure `configuration`
 */
export function circuitBreaker(options: BreakerOptions = {}): Placed {
  const { failures = 5, pause = "30s", isFailure = ({ status }) => status >= 500, now = Date.now } = options;
  if (!Number.isSafeInteger(failures) || failures < 1)
    throw new Failure("configuration", "circuitBreaker: failures is a whole number, at least 1");
  const rest = toMilliseconds(pause);
  const circuits = new Map<string, Circuit>();
  return at("attempt", (next) => async (call) => {
    const circuit = circuitOf(circuits, call);
    const isProbe = enter(circuit, now());
    try {
      const incoming = await next(call);
      record(circuit, isFailure(incoming) ? "failed" : "fine", { failures, openUntil: now() + rest, isProbe });
      return incoming;
    } catch (thrown) {
      record(circuit, isTheServers(thrown) ? "failed" : "unknown", { failures, openUntil: now() + rest, isProbe });
      throw thrown;
    }
  });
}

function circuitOf(circuits: Map<string, Circuit>, { outgoing }: ClientCall): Circuit {
  const { origin } = new URL(outgoing.url);
  const circuit = circuits.get(origin) ?? { failures: 0, openUntil: 0, probing: false };
  circuits.set(origin, circuit);
  return circuit;
}

/**
 * Lets an attempt through, and says whether it is the one that finds out.
 * @throws Failure `circuit_open`
 */
function enter(circuit: Circuit, now: number): boolean {
  if (circuit.openUntil === 0) return false;
  if (now < circuit.openUntil || circuit.probing) {
    const retryAfter = Math.max(0, circuit.openUntil - now);
    throw new Failure("circuit_open", "The server kept failing: it is left alone for a while", { retryAfter });
  }
  circuit.probing = true;
  return true;
}

function record(
  circuit: Circuit,
  outcome: "fine" | "failed" | "unknown",
  {
    failures,
    openUntil,
    isProbe,
  }: { readonly failures: number; readonly openUntil: number; readonly isProbe: boolean },
): void {
  // Attempts that were under way when the circuit opened say nothing of how the server is after its rest.
  if (circuit.openUntil !== 0 && !isProbe) return;
  if (isProbe) circuit.probing = false;
  if (outcome === "unknown") return;
  circuit.failures = outcome === "fine" ? 0 : circuit.failures + 1;
  circuit.openUntil = circuit.failures >= failures ? openUntil : 0;
}

/** Whether a failure says that the server is not well. What the caller or its configuration did wrong says nothing of it. */
function isTheServers(thrown: unknown): boolean {
  return thrown instanceof Failure && (thrown.code === "network" || thrown.code === "timeout");
}
