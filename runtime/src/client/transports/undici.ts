import type { LookupFunction } from "node:net";
import { Agent, type Dispatcher } from "undici";
import type { Incoming, Outgoing, Transport } from "../contract.js";
import { Failure } from "../failure.js";
import { largestAnswer, stayAtHome, type TransportOptions } from "./options.js";
import { judgePins, PinMismatch, pinnedIdentity } from "./pins.js";
import { tlsFault } from "./tls-fault.js";

/**
 * A transport on undici, for one origin. Pins are checked in the handshake, on top of the usual verification, before the first octet of
 * a request is written; sessions are never resumed where keys are pinned, since a resumed one shows no certificate (R57).
 * @throws Failure `configuration` for fewer than two pins, or pins without TLS.
 */
export function createTransport(options: TransportOptions): Transport {
  return transportOf(options, connectOptions(options), largestAnswer);
}

/** A transport to a place that somebody else chose. */
export interface GuardedOptions extends TransportOptions {
  /** Resolves the host, and refuses addresses. */
  readonly lookup: LookupFunction;
  /** The most octets of an answer that are read. */
  readonly largest: number;
}

/**
 * As `createTransport`, with the addresses judged that are connected to.
 * @throws Failure `configuration`
 */
export function createGuardedTransport({ lookup, largest, ...options }: GuardedOptions): Transport {
  return transportOf(options, { ...connectOptions(options), lookup }, largest);
}

function transportOf(
  { origin }: TransportOptions,
  connect: Agent.Options["connect"] & object,
  largest: number,
): Transport {
  const agent = new Agent({ connect, allowH2: false, maxResponseSize: largest });
  return {
    send: (outgoing) => send(agent, origin, outgoing, largest),
    close: () => agent.close(),
  };
}

function connectOptions({ origin, tls, pins: specPins }: TransportOptions): Agent.Options["connect"] & object {
  const pins = tls?.pins ?? specPins;
  if (origin.startsWith("http:")) {
    if (tls !== undefined) throw new Failure("configuration", "tls is set, and the server is not asked over TLS");
    return { timeout: 10_000 };
  }
  return {
    timeout: 10_000,
    minVersion: "TLSv1.2",
    // Spelt out: NODE_TLS_REJECT_UNAUTHORIZED=0 in the environment would switch the check off, and the pins with it.
    rejectUnauthorized: true,
    ...(tls?.cert === undefined || tls.key === undefined ? {} : { cert: tls.cert, key: tls.key }),
    ...(tls?.ca === undefined ? {} : { ca: typeof tls.ca === "string" ? tls.ca : [...tls.ca] }),
    ...(pins === undefined ? {} : { maxCachedSessions: 0, checkServerIdentity: pinnedIdentity(judgePins(pins)) }),
  };
}

async function send(agent: Agent, origin: string, outgoing: Outgoing, largest: number): Promise<Incoming> {
  const url = stayAtHome(origin, outgoing);
  try {
    const response = await agent.request({
      origin,
      path: `${url.pathname}${url.search}`,
      method: outgoing.method as Dispatcher.HttpMethod,
      headers: outgoing.headers,
      body: outgoing.body ?? null,
      signal: outgoing.signal,
    });
    const body = new Uint8Array(await response.body.arrayBuffer());
    return { status: response.statusCode, headers: joined(response.headers), body };
  } catch (thrown) {
    if (outgoing.signal.aborted) throw outgoing.signal.reason;
    throw judged(thrown, largest);
  }
}

function joined(
  headers: Readonly<Record<string, string | readonly string[] | undefined>>,
): Readonly<Record<string, string>> {
  const lines: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) lines[name] = typeof value === "string" ? value : value.join(", ");
  }
  return lines;
}

function judged(thrown: unknown, largest: number): Failure {
  if (thrown instanceof Failure) return thrown;
  if (thrown instanceof PinMismatch) return new Failure("pin_mismatch", thrown.message, { cause: thrown });
  const code = thrown instanceof Error && "code" in thrown ? String(thrown.code) : "";
  const fault = tlsFault(thrown);
  if (fault !== undefined)
    return new Failure("tls", `The server's certificate is refused: ${fault}`, { cause: thrown });
  if (code === "UND_ERR_RES_EXCEEDED_MAX_SIZE") {
    return new Failure("response_invalid", `The answer is larger than ${largest} octets`, { cause: thrown });
  }
  if (code === "UND_ERR_INVALID_ARG" || code === "UND_ERR_NOT_SUPPORTED")
    return new Failure("invalid_input", "The request cannot be sent", { cause: thrown });
  return new Failure("network", `The server could not be reached${code === "" ? "" : `: ${code}`}`, { cause: thrown });
}
