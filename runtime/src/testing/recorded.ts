import { createTransport } from "#transport";
import { collect } from "../client/collect.js";
import type { ClientCall, Incoming, Outgoing, Transport } from "../client/index.js";
import { codecOf, essenceOf } from "../http/codec.js";
import { streamOf } from "../http/streams.js";
import type { Duration } from "../policy/index.js";
import { UnexpectedCall } from "./fake.js";
import { keptContent, octetsOf } from "./kept-content.js";
import { credentialsIn, hidden, keptHeaders, type Mask, type Masking, maskOf, type Sensitive } from "./masked.js";
import { type Asked, type Known, linked, type Match, matchOf } from "./matching.js";
import { isOpen, numbered, open, type Placeholders, placeholder } from "./placeholders.js";
import {
  type Exchange,
  fingerprintOf,
  type Recording,
  readRecording,
  refuseChanged,
  refuseOld,
  writeRecording,
} from "./recording.js";

/** Options of a recorded transport. */
export interface RecordedOptions {
  /** The file that exchanges are kept in. */
  readonly file: string;
  /** Records: the origin that is asked, or what asks it. Absent: what was recorded is played, and nothing is sent. */
  readonly record?: string | Transport | undefined;
  /** Texts that must not be in the file: names and numbers of the account that it is recorded with. */
  readonly secrets?: readonly string[];
  /** How old a recording may be. Default: no matter how old. */
  readonly maxAge?: Duration;
  /** The clock, for tests: milliseconds since 1970. */
  readonly now?: () => number;
}

/** A transport that records, or plays what was recorded. */
export interface Recorded extends Transport {
  /** Writes what was recorded. Closing the client does so too. */
  readonly save: () => Promise<void>;
  /**
   * For the end of a test that plays: what was asked and not recorded, or recorded and not asked for.
   * @throws UnexpectedCall
   */
  readonly verify: () => void;
}

/**
 * A transport for tests: it records what a server answers, and plays it again, each exchange once, equal requests in their order. No
 * header of a request is kept; credentials that an answer echoes, and what the spec calls sensitive, are hidden. Generated `fakes.ts` has
 * `recorded()`, which knows what that is.
 * @throws StaleRecording for a file that cannot be played.
 */
export async function recordedTransport(sensitive: Sensitive, options: RecordedOptions): Promise<Recorded> {
  const { file, record, maxAge, now = Date.now } = options;
  if (record === undefined) {
    const recording = await readRecording(file);
    refuseOld(recording, file, maxAge, now());
    return playing(recording, sensitive, options);
  }
  const transport =
    typeof record === "string" ? createTransport({ origin: record, tls: undefined, server: undefined }) : record;
  return recording(transport, sensitive, options, now);
}

function recording(transport: Transport, sensitive: Sensitive, options: RecordedOptions, now: () => number): Recorded {
  const exchanges: Exchange[] = [];
  const operations: Record<string, string> = {};
  const placeholders = numbered();
  const save = () =>
    writeRecording(options.file, { format: 1, recordedAt: new Date(now()).toISOString(), operations, exchanges });
  return {
    send: async (outgoing, call) => {
      const about = callOf(call, outgoing);
      operations[about.operation.id] ??= await fingerprintOf(about.operation);
      const incoming = await transport.send(outgoing, call);
      const { status, body } = incoming;
      const octets = body instanceof Uint8Array ? body : await collect(body, status);
      const mask = maskOf(sensitive, about.operation.id, maskingOf(about, options, placeholders));
      exchanges.push(exchangeOf(about, { ...incoming, body: octets }, mask));
      return { ...incoming, body: asAsked(octets, outgoing, status) };
    },
    save,
    close: async () => {
      await transport.close();
      await save();
    },
    verify: () => {},
  };
}

function playing(recording: Recording, sensitive: Sensitive, options: RecordedOptions): Recorded {
  const { file } = options;
  const placeholders = open();
  const unexpected: string[] = [];
  let left: readonly Exchange[] = recording.exchanges;
  let known: Known = new Map();
  return {
    send: async (outgoing, call) => {
      const about = callOf(call, outgoing);
      await refuseChanged(recording, file, about);
      const asked = requestOf(about, maskOf(sensitive, about.operation.id, maskingOf(about, options, placeholders)));
      const found = matchOf(left, asked, known);
      if (found === undefined) {
        unexpected.push(nameOf(asked));
        throw new UnexpectedCall(`${nameOf(asked)} is not in ${file}, or not once more: record it again`);
      }
      left = left.filter((one) => one !== found.exchange);
      known = found.known;
      return answerOf(found, outgoing, placeholders);
    },
    save: async () => {},
    close: async () => {},
    verify: () => verify(file, unexpected, left),
  };
}

function callOf(call: ClientCall | undefined, { method, url }: Outgoing): ClientCall {
  if (call === undefined) throw new UnexpectedCall(`${method} ${url} is no call of a client`);
  // With its proofs: they are what must not be in the file.
  return call;
}

function requestOf({ operation, outgoing }: ClientCall, mask: Mask): Asked {
  const { method, url, headers, body } = outgoing;
  return {
    operation: operation.id,
    method,
    target: mask.target(url),
    ...(typeof body === "string" ? { body: mask.content(body, headers["content-type"] ?? "") } : {}),
  };
}

function exchangeOf(call: ClientCall, incoming: Incoming & { readonly body: Uint8Array }, mask: Mask): Exchange {
  const type = incoming.headers["content-type"] ?? "";
  if (codecOf(essenceOf(type)) === "multipart")
    throw new TypeError(`${call.operation.id} answers multipart, which cannot be masked: answer it by a fake`);
  const asked = requestOf(call, mask);
  const content = keptContent(incoming.body, type, mask);
  const headers = keptHeaders(incoming, call, mask);
  return { ...asked, answer: { status: incoming.status, headers, ...content } };
}

function maskingOf(
  { operation: { policy }, outgoing }: ClientCall,
  { secrets = [] }: RecordedOptions,
  placeholders: Placeholders,
): Masking {
  return { texts: [...secrets, ...credentialsIn(outgoing)], policy, placeholders };
}

function answerOf({ exchange, pairs }: Match, outgoing: Outgoing, placeholders: Placeholders): Incoming {
  const { status, headers, body, isBase64 = false } = exchange.answer;
  const led = Object.entries(headers).map(([name, value]) => [name, linked(value, pairs, placeholders)]);
  const octets = octetsOf(isBase64 ? body : linked(body, pairs, placeholders), isBase64);
  return { status, headers: Object.fromEntries(led), body: asAsked(octets, outgoing, status) };
}

function nameOf({ operation, method, target }: Asked): string {
  return `${operation} (${method} ${target.replace(placeholder, (all, sign) => (isOpen(sign) ? hidden : all))})`;
}

/** As a transport answers: a stream where one is wanted. */
function asAsked(octets: Uint8Array, { streams }: Outgoing, status: number): Incoming["body"] {
  return streams === true && status >= 200 && status < 300 ? streamOf(once(octets)) : octets;
}

async function* once(octets: Uint8Array): AsyncGenerator<Uint8Array, void> {
  yield octets;
}

function verify(file: string, unexpected: readonly string[], left: readonly Asked[]): void {
  const faults = [
    ...(unexpected.length === 0 ? [] : [`Asked, and not in ${file}: ${unexpected.join(", ")}`]),
    ...(left.length === 0 ? [] : [`In ${file}, and not asked for: ${left.map(nameOf).join(", ")}`]),
  ];
  if (faults.length > 0) throw new UnexpectedCall(faults.join(". "));
}
