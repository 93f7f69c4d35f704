import type { Exchange, Reply } from "../http/exchange.js";
import { mask } from "../observe/mask.js";
import type { Arrival, Departure, Observer, ShownPrincipal } from "../observe/observer.js";
import { receivedTrace, type Trace } from "../observe/trace.js";
import type { ApiPolicy, Mask } from "../policy/index.js";
import type { Ground } from "./blueprint.js";
import { after } from "./climb.js";
import { closing, type Ending } from "./closing.js";
import { inside, quietly } from "./onlookers.js";
import type { Received, Sighting } from "./states.js";
import { guardWatches } from "./watch-guards.js";

/** Has a call watched from its first octet to its last. */
export interface Watching {
  readonly http: (
    received: Received,
    respond: (received: Received) => Reply | undefined | Promise<Reply | undefined>,
  ) => Reply | undefined | Promise<Reply | undefined>;
  /** @param ending how a call ended that was never encoded. */
  readonly flat: <T>(
    received: Received,
    run: (received: Received) => Promise<T>,
    ending: (outcome: T) => Ending,
  ) => Promise<T>;
}

/** `undefined` where nobody watches: then nothing is done, and nothing is looked at. */
export function watching(
  observers: readonly Observer[],
  ground: Pick<Ground, "api" | "basePath" | "editions">,
): Watching | undefined {
  if (observers.length === 0) return undefined;
  const open = (received: Received) => {
    const start = performance.now();
    const arrival: Arrival = { ...plain(received), trace: receivedTrace(received.exchange.headers) };
    const watches = observers.flatMap((one) => quietly(() => one.begin(arrival)) ?? []);
    const trace = watches.findLast((one) => one.trace !== undefined)?.trace ?? arrival.trace;
    const sighting: Sighting = { trace, guards: guardWatches(watches), call: undefined, refusal: undefined };
    const end = (ending: Ending) => {
      const departure = departureOf({ ...arrival, trace }, sighting, ending, performance.now() - start, ground);
      for (const watch of watches) quietly(() => watch.end(departure));
    };
    return { seen: { ...plain(received), sighting }, watches, end };
  };
  return {
    http: (received, respond) => {
      const { seen, watches, end } = open(received);
      const reply = inside(watches, () => respond(seen));
      // `undefined`: the path is another's, and so is the call.
      return after(reply, (one) => one && closing(one, { closers: [end] }));
    },
    flat: async (received, run, ending) => {
      const { seen, watches, end } = open(received);
      const outcome = await inside(watches, () => run(seen));
      end(ending(outcome));
      return outcome;
    },
  };
}

function plain({ exchange, requestId, at }: Received): Pick<Arrival, "exchange" | "requestId" | "at"> {
  return { exchange, requestId, at };
}

function departureOf(
  arrival: Arrival,
  { call, refusal }: Sighting,
  { status, octets }: Ending,
  duration: number,
  { api, basePath, editions }: Pick<Ground, "api" | "basePath" | "editions">,
): Departure {
  const policy = call?.operation.policy;
  const baseOf = (version: string | undefined) =>
    editions?.own.find(({ name }) => name === version)?.basePath ?? basePath;
  return {
    ...arrival,
    operation: call?.operation.id,
    policy,
    version: call?.version,
    deprecated: policy?.lifecycle !== undefined || isEnding(call?.version, api),
    route: policy === undefined ? undefined : baseOf(call?.version) + policy.path,
    principal: call?.principal === undefined ? undefined : shownPrincipal(call.principal, api),
    status,
    refusal,
    octets,
    duration,
  };
}

function isEnding(version: string | undefined, { versioning }: ApiPolicy): boolean {
  return versioning?.supported.find(({ name }) => name === version)?.deprecatedAt !== undefined;
}

/** Who called, as it may be shown: by `sensitivity` of the scheme. */
export function shownPrincipal(
  { id, scheme, client }: { readonly id: string; readonly scheme: string; readonly client?: string | undefined },
  { schemes }: ApiPolicy,
): ShownPrincipal {
  const style = Object.hasOwn(schemes, scheme) ? schemes[scheme]?.mask : undefined;
  return { id: shownText(id, style), scheme, client: shownText(client, style) };
}

function shownText(text: string | undefined, style: Mask | undefined): string | undefined {
  const shown = text === undefined || style === undefined ? text : mask(text, style);
  return shown === undefined ? undefined : String(shown);
}

/** The trace of a call: the one that those who watch it have made, else the one that it came with. */
export function traceOfCall({
  exchange,
  sighting,
}: {
  readonly exchange: Exchange;
  readonly sighting: Sighting | undefined;
}): Trace {
  return sighting?.trace ?? receivedTrace(exchange.headers);
}
