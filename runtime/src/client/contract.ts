import type {
  ApiPolicy,
  BodyWire,
  Duration,
  OperationPolicy,
  OutputWire,
  Parts,
  ServerPolicy,
  Wire,
} from "../policy/index.js";
import type { Failure } from "./failure.js";
import type { Call } from "./result.js";
import type { ClientProxy, ClientTls } from "./tls.js";

/** What a credential adds to a request. */
export interface Proof {
  readonly headers?: Readonly<Record<string, string>>;
  readonly cookies?: Readonly<Record<string, string>>;
  /** What each attempt goes through that the proof cannot say once for all: a proof of possession (RFC 9449). */
  readonly around?: Interceptor;
}

/** A key pair of the Web Cryptography API: ECDSA with P-256, or Ed25519. */
export interface PossessionKey {
  readonly publicKey: CryptoKey;
  readonly privateKey: CryptoKey;
}

/** What a credential is asked for. */
export interface ProofRequest {
  readonly scheme: string;
  readonly api: ApiPolicy;
  /** Scopes that the operation needs. */
  readonly scopes: readonly string[];
  readonly signal: AbortSignal;
  /** The origin that is called. */
  readonly origin: string;
  /** The client's TLS settings and proxy, for a credential that must ask an authorization server. */
  readonly tls?: ClientTls | undefined;
  readonly proxy?: ClientProxy | undefined;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** The kinds of security schemes that a client can prove itself to. */
export type CredentialKind = "token" | "apiKey" | "basic" | "http" | "certificate";

/** A way to prove who the client is, for one kind of security scheme. */
export interface Credential<K extends CredentialKind = CredentialKind> {
  readonly kind: K;
  readonly prove: (request: ProofRequest) => Proof | Promise<Proof>;
  /** Called once when the server answered 401 to this proof; true when a fresh proof may help. */
  readonly renew?: (stale: Proof, request: ProofRequest) => boolean | Promise<boolean>;
  /** What it lacks in the options of its client, if anything. */
  readonly lacks?: (options: CallerOptions<object>) => string | undefined;
}

/** Proves the client to a bearer-token scheme. */
export type TokenCredential = Credential<"token">;
/** Proves the client to an API-key scheme. */
export type ApiKeyCredential = Credential<"apiKey">;
/** Proves the client to an HTTP basic scheme. */
export type BasicCredential = Credential<"basic">;

/** Proves the client to another HTTP authentication scheme: code of one's own makes the proof, or signs each call `around` it. */
export type HttpCredential = Credential<"http">;

/** Proves the client by the certificate of its TLS connection. */
export type CertificateCredential = Credential<"certificate">;

/** Content that is made while it is sent. */
export interface StreamedBody {
  readonly open: () => ReadableStream<Uint8Array>;
  /** Whether it can be opened a second time: what cannot be sent again is not repeated. */
  readonly repeatable: boolean;
}

/** A request on its way out. A body of text or octets can be sent again. */
export interface Outgoing {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array | StreamedBody | undefined;
  /** Aborted when the call ends: by its deadline, by the caller, or because it failed. What still comes in is given up then. */
  readonly signal: AbortSignal;
  /** The same, for steps that every call goes through: to listen to a signal is dear. */
  readonly ending?: Ending;
  /** Whether the body of a success is handed on as it comes. */
  readonly streams?: boolean;
}

/** The end of a call before its answer, or by its failure. */
export interface Ending {
  /** Why it has ended: `timeout` or `aborted`. `undefined` while it goes on, and where it succeeded. */
  readonly reason: Failure | undefined;
  /** Made when it is first asked for. */
  readonly signal: AbortSignal;
  /** Has a listener called when it ends. */
  readonly listen: (listener: (reason: Failure) => void) => void;
  /** Forgets a listener. */
  readonly leave: (listener: (reason: Failure) => void) => void;
}

/** A response on its way in. Header names are lower case; several lines of one name are joined as RFC 9110, 5.3 says. */
export interface Incoming {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | ReadableStream<Uint8Array>;
}

/** Sends one request over the network. Never follows a redirect. Rejects with a Failure. */
export interface Transport {
  /** @param call what is sent, in terms of the spec: for transports that answer by themselves. Absent where no client asks. */
  readonly send: (outgoing: Outgoing, call?: ClientCall) => Promise<Incoming>;
  readonly close: () => Promise<void>;
}

/** A call under way, as interceptors see it. */
export interface ClientCall {
  readonly operation: Operation;
  /** As the caller gave it. */
  readonly input: object;
  readonly outgoing: Outgoing;
  /** 1 for the first. */
  readonly attempt: number;
  /** When the call ends, whatever has become of it by then: milliseconds since 1970, by the client's clock. */
  readonly deadline: number;
  /** Told the number of each attempt before it is made. */
  readonly onAttempt?: (attempt: number) => void;
}

/** A step between the caller and the network. */
export type Interceptor = (next: (call: ClientCall) => Promise<Incoming>) => (call: ClientCall) => Promise<Incoming>;

/**
 * Where an interceptor stands. `call`: outside of repeats, so that it sees a call once. `attempt`: sees every attempt, and no credential.
 * `wire`: next to the network, where everything is seen that is sent, credentials and proofs too.
 */
export type Place = "call" | "attempt" | "wire";

/** An interceptor that says where it stands. */
export interface Placed {
  readonly place: Place;
  readonly interceptor: Interceptor;
}

/**
 * An operation, as generated `client.ts` names it. What not every operation needs, it brings along as a value (`writes`, `reads`, `home`),
 * so that a bundle has what its operations need, and no more.
 */
export interface Operation {
  readonly id: string;
  readonly policy: OperationPolicy;
  readonly wire: Wire;
  /** What is written beside a plain path. */
  readonly writes?: readonly Writer[];
  /** How answers are read that are no JSON or text. */
  readonly reads?: readonly ContentCodec[];
  /** How the declared header fields of its answers are read, where it declares any. */
  readonly fields?: (operation: Operation, answer: Pick<Incoming, "status" | "headers">) => object;
  /** Where code holds some of its values as something else than they are on the wire. */
  readonly holds?: Holds;
  /** Where it is called, where it has servers of its own. */
  readonly home?: (api: ApiPolicy, policy: OperationPolicy, home: Home, told: Whereabouts) => Home;
}

/** Turns values of the wire into those that code holds, and back. */
export interface Holds {
  /** The input of a call, as it is written. @throws EncodingError for what has no such form. */
  readonly release: (
    operation: Operation,
    values: Writing["values"],
    contentType: string | undefined,
  ) => Writing["values"];
  /** Reads JSON without losing a digit. @throws SyntaxError */
  readonly parse: (text: string) => unknown;
  /** The value of an answer. @param type its Content-Type. */
  readonly hold: (operation: Operation, status: number, type: string, value: unknown) => unknown;
  /** The declared header fields of an answer. */
  readonly holdFields: (operation: Operation, status: number, fields: object) => object;
}

/** What a client was told of where its API is. */
export interface Whereabouts {
  readonly baseUrl?: string | undefined;
  readonly variables?: Readonly<Record<string, string>> | undefined;
  readonly servers?: Readonly<Record<string, string>> | undefined;
}

/** Where calls go: what paths are appended to, and the spec's servers, some of which are there. */
export interface Home {
  readonly baseUrl: string;
  readonly origin: string;
  readonly servers: readonly ServerPolicy[];
}

/** Writes a part of requests. */
export type Writer = (call: Writing) => Written;

/** What a writer writes from. */
export interface Writing {
  readonly operation: Operation;
  /** The input, without a prototype. */
  readonly values: Readonly<Record<string, unknown>>;
  readonly options: CallOptions;
}

/** A part of a request. */
export interface Written {
  readonly path?: string;
  /** Without its question mark. */
  readonly query?: string;
  /** Names are lower case. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Outgoing["body"];
}

/** Reads and writes the content of some media types. */
export interface ContentCodec {
  readonly takes: (essence: string) => boolean;
  /** @throws EncodingError for a value that the media type cannot hold. */
  readonly write?: (key: string, value: unknown, body: BodyWire, type: string) => Content;
  /** Reads an answer while it comes in. @param type the Content-Type of the answer, parameters and all. */
  readonly read?: (stream: ReadableStream<Uint8Array>, type: string, output: OutputWire, parts?: Parts) => unknown;
}

/** The content of a request, ready to be sent. */
export interface Content {
  /** The value of Content-Type. */
  readonly type: string;
  readonly body: string | Uint8Array | StreamedBody;
}

/** How much of an answer is read, in octets. `answerBounds` makes it. */
export interface AnswerBounds {
  readonly largest: number;
  /** Whether undici asks for compressed answers. */
  readonly compressed: boolean;
  /** How many octets so many compressed ones may become. */
  readonly roomFor: (octets: number) => number;
  /** How many octets an answer with such headers may have, where the platform undoes its coding. */
  readonly roomIn: (headers: Incoming["headers"]) => number;
}

/** Judges the value of a success, and answers what the caller gets; or throws a Failure. */
export type ResponseCheck = (operation: Operation, incoming: Incoming, value: unknown) => unknown;

/** Options of a connection; generated code gives `Auth` the schemes of the spec. */
export interface CallerOptions<Auth extends object> {
  /** Default: the spec's first server. */
  readonly baseUrl?: string;
  /** Values for the variables of servers' URLs: those that the spec lists, or text that changes nothing around it. */
  readonly variables?: Readonly<Record<string, string>>;
  /**
   * Where operations are called that have a server of their own, by that server's URL in the spec. Needed where `baseUrl` is not the
   * spec's: a client that was sent to a test does not go to the real server for some of its calls.
   */
  readonly servers?: Readonly<Record<string, string>>;
  readonly auth?: Auth;
  readonly tls?: ClientTls;
  /** Node only. Default: servers are asked directly. What holds for TLS holds inside of the proxy's tunnel. */
  readonly proxy?: ClientProxy;
  /** Node only: whether HTTP/2 is spoken with servers that offer it. */
  readonly http2?: boolean;
  /** Judges what successes answer: `validated(schemas)`. Default: what comes is believed. */
  readonly check?: ResponseCheck;
  /** How much of an answer is read: `answerBounds(…)`. Default: 64 MiB are kept, and Node inflates to a hundred times what came in. */
  readonly answers?: AnswerBounds;
  /** The whole call, repeats included. Default 30 s, or the operation's `timeout`. */
  readonly timeout?: Duration;
  /** How often calls may be repeated over all; default: a budget of 10 tokens refilled by successes. */
  readonly retryBudget?: number;
  /** Steps of your own: at `attempt`, unless they say otherwise (`at`). Of one place, the first is outermost. */
  readonly interceptors?: readonly (Interceptor | Placed)[];
  readonly transport?: Transport;
  /** The clock, for tests: milliseconds since 1970. */
  readonly now?: () => number;
  /** A number from 0 up to 1 for the jitter, for tests. */
  readonly random?: () => number;
  /** Waiting, for tests. */
  readonly sleep?: (milliseconds: number, signal: AbortSignal) => Promise<void>;
}

/** Options of a client with methods. */
export interface ClientOptions<Auth extends object> extends CallerOptions<Auth> {
  /** Told once an operation that the server deprecates it. Default: one `console.warn`. */
  readonly onDeprecation?: (notice: DeprecationNotice) => void;
}

/** What a client is told of a deprecated operation. */
export interface DeprecationNotice {
  readonly operation: string;
  /** Set where it is the version that the client was generated for which ends, and not this operation alone. */
  readonly version?: string;
  /** RFC 3339. */
  readonly deprecatedAt?: string;
  readonly sunset?: string;
  readonly links: readonly { readonly rel: string; readonly href: string }[];
}

/** Options of one call. */
export interface CallOptions {
  readonly signal?: AbortSignal;
  readonly timeout?: Duration;
  /** Further headers. Credentials and headers that the transport owns cannot be set here. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The media type that is wanted, where the operation answers in several. */
  readonly accept?: string;
  /** The media type that the body is sent in, where the operation takes several. Default: the first of the spec. */
  readonly contentType?: string;
  /**
   * The key of an operation that is `idempotent` by key. Default: a fresh one for each call. One that is kept makes a call that a process
   * began the same as the one with which its successor goes on.
   */
  readonly idempotencyKey?: string;
}

/** A connected client without methods. */
export interface Caller {
  /** Makes one call. Generated code calls it with the operation's own types. */
  readonly send: <Output, Fields = object>(
    operation: Operation,
    input: object,
    options?: CallOptions,
  ) => Call<Output, Fields>;
  /** Closes the connections. */
  readonly close: () => Promise<void>;
}
