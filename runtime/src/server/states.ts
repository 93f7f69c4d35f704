import type { Principal } from "../credentials/principal.js";
import type { Codec } from "../http/codec.js";
import type { Exchange } from "../http/exchange.js";
import type { CheckedUrls } from "../http/urls/checked.js";
import type { GuardWatch } from "../observe/observer.js";
import type { Trace } from "../observe/trace.js";
import type { Clause, Held } from "../policy/index.js";
import type { Refusal } from "../problem/refusal.js";
import type { LimitVerdict } from "../stores/limits.js";
import type { Blueprint } from "./blueprint.js";
import type { Closer, Closing } from "./closing.js";
import type { HandlerReply } from "./contract.js";
import type { RateFacts } from "./limits/rate.js";

/** What becomes known of a call that is watched. */
export interface Sighting {
  /** The trace that it goes on in. */
  readonly trace: Trace;
  /** Those who watch a guard of it, by the guard's name; `undefined` where nobody does. */
  readonly guards: ((name: string) => readonly GuardWatch[]) | undefined;
  call: CallRecord | undefined;
  refusal: Refusal | undefined;
}

/** A request that nothing is known about yet. */
export interface Received {
  readonly exchange: Exchange;
  readonly requestId: string;
  /** When it came, in milliseconds since 1970. */
  readonly at: number;
  /** What those see who watch it; `undefined` where nobody does. */
  readonly sighting: Sighting | undefined;
}

/** The operation is known, and from here on it alone decides (R8): nothing below looks at the path again. */
export interface Matched extends Received, Closing {
  readonly operation: Blueprint;
  /** What stood in the places of the template, not decoded. */
  readonly captured: Readonly<Record<string, string>>;
  /** The query, without its question mark, not decoded. */
  readonly query: string;
  /** The version that stood in the path. */
  readonly base: string | undefined;
  /** The version that the call is for, as far as it is known. */
  readonly version: string | undefined;
  /** The flat input, where the call came in already decoded. */
  readonly flat: unknown;
  /** The media type of a success that the caller wants most; `undefined` where nobody was asked. */
  readonly accept: string | undefined;
}

/** The version is one that has the operation; `undefined` where the API has none. */
export interface Versioned extends Matched {
  readonly isServed: boolean;
}

/** The operation is in service. */
export interface InService extends Versioned {
  readonly inService: boolean;
}

/** The limits by address leave room; or they are asked for together with those of the caller, where `owed` says so. */
export interface AddressCounted extends InService {
  readonly addressCounts: readonly Count[];
  readonly owed: boolean;
}

/** It is known who calls; `undefined` where the spec lets anonymous callers in and this is one. */
export interface Identified extends AddressCounted {
  readonly principal: Principal | undefined;
  /** The alternative of the spec's `security` by which the caller came; `undefined` where nothing is asked for. */
  readonly clause: Clause | undefined;
}

/** The limits by principal leave room. */
export interface CallerCounted extends Identified {
  readonly callerCounts: readonly Count[];
}

/** The caller may call this operation. */
export interface Permitted extends CallerCounted {
  /** Roles of the caller, inherited ones included. */
  readonly roles: ReadonlySet<string>;
}

/** The input is read. */
export interface Decoded extends Permitted {
  readonly decoded: Input;
}

/** The input fits its schemas; `input` is what the schemas made of it. */
export interface Validated extends Decoded {
  readonly input: Input;
}

/** The limits of what is asked for leave room. */
export interface InputCounted extends Validated {
  readonly inputCounts: readonly Count[];
}

/** The object that the call is about exists, and is the caller's. */
export interface Loaded extends InputCounted {
  readonly about: About;
}

/** The URLs that the spec guards may be called; `urls` has them, with the addresses that they led to. */
export interface Reachable extends Loaded {
  readonly urls: CheckedUrls;
}

/** Nobody has made this call before; or the answer that was given then stands in `projection`, and `replayed` says so. */
export interface Once extends Reachable {
  readonly replayed: boolean;
  /** The key that the caller gave the call, so that it may be repeated. */
  readonly idempotencyKey: string | undefined;
}

/** The handler has answered. */
export interface Answered extends Once {
  readonly answer: HandlerReply;
}

/** Every object of a list is one that the caller may see. */
export interface Vouched extends Answered {
  /** Of each, whether it is the caller's own. */
  readonly itemsOwned: readonly boolean[];
}

/** The answer is one that the spec declares, and holds what its schema lets through. */
export interface Projected extends Vouched {
  readonly projection: Projection;
}

/** The parts of a request. */
export interface Input {
  readonly path: unknown;
  readonly query: unknown;
  readonly header: unknown;
  readonly cookie: unknown;
  readonly body: unknown;
  /** The declared media type that the body came in. */
  readonly media: string | undefined;
}

/** What a call is about, as its object rule finds it. */
export interface About {
  readonly object: unknown;
  /** Where the call names several objects: all of them, in the order of their ids. */
  readonly objects: readonly unknown[];
  /** Whether the caller owns what the call names. */
  readonly owned: boolean;
  /** What the handler of a list may ask for: `all`, or objects with these members. */
  readonly scope: unknown;
}

/** One limit and what it said. */
export interface Count {
  readonly rate: RateFacts;
  /** Its item of `RateLimit-Policy`, as it holds for this caller. */
  readonly policy: string;
  readonly verdict: LimitVerdict;
}

/** An answer that may be written. */
export interface Projection {
  readonly status: number;
  readonly headers: readonly string[];
  /** `undefined` where the response has no content. */
  readonly media: string | undefined;
  /** How the media type is written. */
  readonly codec: Codec | undefined;
  readonly value: unknown;
  /** What of the value code holds as something else than it is on the wire. */
  readonly held: Held | undefined;
}

/** Everything that guards prove, by name. */
export type Facts = Omit<Projected, keyof Received> & Pick<CallRecord, "keep">;

const nothing: Input = {
  path: undefined,
  query: undefined,
  header: undefined,
  cookie: undefined,
  body: undefined,
  media: undefined,
};
const noCounts: readonly Count[] = [];
const noClosers: readonly Closer[] = [];
const noRoles: ReadonlySet<string> = new Set();
const nobodys: About = { object: undefined, objects: [], owned: false, scope: undefined };
const noUrls: CheckedUrls = new Map();
/** The answer of a call whose handler has not answered. */
export const noAnswer: HandlerReply = { status: 500 };
const noItems: readonly boolean[] = [];
const noProjection: Projection = {
  status: 500,
  headers: [],
  media: undefined,
  codec: undefined,
  value: undefined,
  held: undefined,
};

/**
 * One call. All calls have this one shape from the beginning, so that the engine keeps them fast. A guard that has nothing to do
 * for an operation is not in its list; what it would have proved is what stands here.
 */
export class CallRecord implements Projected {
  accept: string | undefined = undefined;
  closers = noClosers;
  base: string | undefined = undefined;
  version: string | undefined = undefined;
  isServed = true;
  inService = true;
  addressCounts = noCounts;
  owed = false;
  principal: Principal | undefined = undefined;
  clause: Clause | undefined = undefined;
  callerCounts = noCounts;
  roles = noRoles;
  decoded = nothing;
  input = nothing;
  inputCounts = noCounts;
  about = nobodys;
  urls = noUrls;
  replayed = false;
  idempotencyKey: string | undefined = undefined;
  /** Remembers how the call ended, where that is wanted: before anybody is told. */
  keep: ((refusal: Refusal | undefined) => void | Promise<void>) | undefined = undefined;
  answer = noAnswer;
  itemsOwned = noItems;
  projection = noProjection;

  constructor(
    readonly exchange: Exchange,
    readonly requestId: string,
    readonly at: number,
    readonly sighting: Sighting | undefined,
    readonly operation: Blueprint,
    readonly captured: Readonly<Record<string, string>>,
    readonly query: string,
    readonly flat: unknown,
  ) {}
}

/** Writes one fact down. The only way from one state of a call to the next. */
export function prove<C extends Received, K extends keyof Facts>(
  call: C,
  fact: K,
  value: Facts[K],
): C & Pick<Facts, K> {
  const record = call as unknown as Record<K, Facts[K]>;
  record[fact] = value;
  return call as C & Pick<Facts, K>;
}
