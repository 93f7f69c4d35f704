import type { LookupFunction } from "node:net";
import { Readable } from "node:stream";
import type { Dispatcher } from "undici";
import { chunksOf, streamOf } from "../../http/streams.js";
import { answerBounds, uncoded } from "../answers.js";
import { collect } from "../collect.js";
import type { AnswerBounds, Incoming, Outgoing, Transport } from "../contract.js";
import { endOf } from "../ending.js";
import { Failure } from "../failure.js";
import { dispatcherOf } from "./dispatcher.js";
import { acceptedCodings, codingOf, inflateStream } from "./inflate.js";
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
  return transportOf(options, options.answers ?? answerBounds());
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
  return transportOf(options, { ...answerBounds(), largest }, lookup);
}

function transportOf(options: TransportOptions, limits: AnswerBounds, lookup?: LookupFunction): Transport {
  const { origin } = options;
  const codings = limits.compressed ? { "accept-encoding": acceptedCodings } : undefined;
  const pins = pinsAt(options);
  const connect = connectOptions(options, pins);
  const dispatcher = dispatcherOf(options, lookup === undefined ? connect : { ...connect, lookup });
  return {
    send: async (outgoing) => {
      if (pins !== undefined) refuseExpired(pins);
      return send(dispatcher, origin, outgoing, { limits, codings });
    },
    close: () => dispatcher.close(),
  };
}

/** How answers are read, and which codings are asked for. */
interface Reading {
  readonly limits: AnswerBounds;
  readonly codings: Outgoing["headers"] | undefined;
}

async function send(agent: Dispatcher, origin: string, outgoing: Outgoing, reading: Reading): Promise<Incoming> {
  const { limits, codings } = reading;
  const { pathname, search } = stayAtHome(origin, outgoing);
  const request: Dispatcher.DispatchOptions = {
    origin,
    path: search === "" ? pathname : pathname + search,
    method: outgoing.method as Dispatcher.HttpMethod,
    headers: codings === undefined ? outgoing.headers : { ...codings, ...outgoing.headers },
    body: bodyOf(outgoing),
  };
  try {
    return await (outgoing.streams === true
      ? sendStreaming(agent, request, outgoing, limits)
      : sendWhole(agent, request, outgoing, limits));
  } catch (thrown) {
    throw endOf(outgoing) ?? judged(thrown);
  }
}

async function sendStreaming(
  agent: Dispatcher,
  request: Dispatcher.DispatchOptions,
  { signal }: Outgoing,
  limits: AnswerBounds,
): Promise<Incoming> {
  // Nobody knows when the next item of a stream comes.
  const response = await agent.request({ ...request, signal, bodyTimeout: 0 });
  const { statusCode: status } = response;
  const headers = joined(response.headers);
  const coding = codingOf({ status, headers });
  const chunks = coding === undefined ? response.body : inflateStream(response.body, coding, limits, status);
  // An iterator that has not begun has nothing to end, and one that waits ends when something comes.
  const stream = streamOf(chunks, () => response.body.on("error", () => {}).destroy());
  const isHandedOn = status >= 200 && status < 300;
  return {
    status,
    headers: coding === undefined ? headers : uncoded(headers),
    body: isHandedOn ? stream : await collect(stream, status, limits.largest),
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
