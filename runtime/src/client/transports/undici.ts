import type { LookupFunction } from "node:net";
import { Readable } from "node:stream";
import type { Dispatcher } from "undici";
import { chunksOf, streamOf } from "../../http/streams.js";
import { collect, largestAnswer } from "../collect.js";
import type { Incoming, Outgoing, Transport } from "../contract.js";
import { endOf } from "../ending.js";
import { Failure } from "../failure.js";
import { dispatcherOf } from "./dispatcher.js";
import { type Placement, stayAtHome, type TransportOptions } from "./options.js";
import { PinMismatch, pinsAt, refuseExpired } from "./pins.js";
import { specTlsAt } from "./server-tls.js";
import { tlsFault } from "./tls-fault.js";
import { connectOptions } from "./tls-options.js";
import { joined, sendWhole } from "./whole.js";

/**
 * A transport on undici, for one origin. Pins are checked in the handshake, on top of the usual verification, before the first octet of
 * a request is written; sessions are never resumed where keys are pinned, since a resumed one shows no certificate (R57).
 * @throws Failure `configuration` for fewer than two pins, or pins without TLS.
 */
export function createTransport(options: TransportOptions): Transport {
  return transportOf(options, largestAnswer);
}

/** The transport of a place, as the spec wants its TLS. */
export function transportAt({ home: { origin, servers }, tls, ...rest }: Placement): Transport {
  if ((tls?.cert === undefined) !== (tls?.key === undefined))
    throw new Failure("configuration", "tls.cert and tls.key go together");
  return createTransport({ ...rest, origin, tls, server: specTlsAt(servers, origin) });
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
  return transportOf(options, largest, lookup);
}

function transportOf(options: TransportOptions, largest: number, lookup?: LookupFunction): Transport {
  const { origin } = options;
  const pins = pinsAt(options);
  const connect = connectOptions(options, pins);
  const dispatcher = dispatcherOf(options, lookup === undefined ? connect : { ...connect, lookup });
  return {
    send: async (outgoing) => {
      if (pins !== undefined) refuseExpired(pins);
      return send(dispatcher, origin, outgoing, largest);
    },
    close: () => dispatcher.close(),
  };
}

async function send(agent: Dispatcher, origin: string, outgoing: Outgoing, largest: number): Promise<Incoming> {
  const { pathname, search } = stayAtHome(origin, outgoing);
  const request: Dispatcher.DispatchOptions = {
    origin,
    path: search === "" ? pathname : pathname + search,
    method: outgoing.method as Dispatcher.HttpMethod,
    headers: outgoing.headers,
    body: bodyOf(outgoing),
  };
  try {
    return await (outgoing.streams === true
      ? sendStreaming(agent, request, outgoing, largest)
      : sendWhole(agent, request, outgoing, largest));
  } catch (thrown) {
    throw endOf(outgoing) ?? judged(thrown);
  }
}

async function sendStreaming(
  agent: Dispatcher,
  request: Dispatcher.DispatchOptions,
  { signal }: Outgoing,
  largest: number,
): Promise<Incoming> {
  // Nobody knows when the next item of a stream comes.
  const response = await agent.request({ ...request, signal, bodyTimeout: 0 });
  const { statusCode: status } = response;
  const stream = streamOf(response.body);
  const isHandedOn = status >= 200 && status < 300;
  return {
    status,
    headers: joined(response.headers),
    body: isHandedOn ? stream : await collect(stream, status, largest),
  };
}

function bodyOf({ body }: Outgoing): string | Uint8Array | Readable | null {
  if (body === undefined || typeof body === "string" || body instanceof Uint8Array) return body ?? null;
  return Readable.from(chunksOf(body.open()), { objectMode: false });
}

function judged(thrown: unknown): Failure {
  if (thrown instanceof Failure) return thrown;
  if (thrown instanceof PinMismatch) return new Failure("pin_mismatch", thrown.message, { cause: thrown });
  const code = thrown instanceof Error && "code" in thrown ? String(thrown.code) : "";
  const fault = tlsFault(thrown);
  if (fault !== undefined)
    return new Failure("tls", `The server's certificate is refused: ${fault}`, { cause: thrown });
  if (code === "UND_ERR_INVALID_ARG" || code === "UND_ERR_NOT_SUPPORTED")
    return new Failure("invalid_input", "The request cannot be sent", { cause: thrown });
  return new Failure("network", `The server could not be reached${code === "" ? "" : `: ${code}`}`, { cause: thrown });
}
