import { transportAt } from "#transport";
import { type ApiPolicy, type Duration, policyFormat, toMilliseconds } from "../policy/index.js";
import { homeOf } from "./base-url.js";
import { chain, standingAt } from "./chain.js";
import type {
  Caller,
  CallerOptions,
  CallOptions,
  ClientCall,
  Home,
  Incoming,
  Operation,
  Transport,
} from "./contract.js";
import { withDeadline } from "./deadline.js";
import { Failure } from "./failure.js";
import { type Configured, credentials, misconfigured } from "./interceptors/credentials.js";
import { budgetOf, retry } from "./interceptors/retry.js";
import { toRequest } from "./request.js";
import { outputOf } from "./response.js";
import { callOf, type Track } from "./result.js";
import { sleep } from "./sleep.js";

/** How one operation is called, and where. */
interface Sending {
  readonly baseUrl: string;
  readonly send: (call: ClientCall) => Promise<Incoming>;
}

/** What every call of a client shares. */
interface Ground {
  readonly options: CallerOptions<object>;
  /** Of a call whose operation says nothing, and where its options do not either. */
  readonly timeout: number | undefined;
  /** Headers that carry credentials in this API, in lower case. */
  readonly reserved: readonly string[];
  readonly now: () => number;
  readonly sendingOf: (operation: Operation) => Sending;
}

/**
 * A client of an API, without methods: generated code adds those.
 *
 * A call goes deadline → `call` → retry → `attempt` → credentials and proofs → `wire` → network. The names in quotes are places for
 * interceptors of the caller's; where none is said, it is `attempt`: they see every attempt, and no credential.
 *
 * What stands in this file and below it is in every bundle. It is what every call needs; the rest are values that somebody passes: an
 * operation its writers and readers, a credential its proofs, the caller its interceptors.
 * @throws Failure `configuration` for a policy of another format, a base URL that is not https, TLS settings that cannot hold, or
 * credentials that the spec does not know.
 */
export function connect<Auth extends object>(api: ApiPolicy, options: CallerOptions<Auth>): Caller {
  // Without a prototype: a scheme may be named like a method that every object has.
  const configured = Object.assign(Object.create(null), options.auth) as Configured;
  refuse(api, options, configured);
  const home = homeOf(api, options);
  const { now = Date.now, timeout } = options;
  const transports = new Map<string, Transport>();
  const transport = transportsOf(options, now, transports);
  // At once, so that settings that cannot hold are refused before the first call.
  transport(home);
  const compile = compiler(api, options, { configured, home, transport, now });
  const sends = new WeakMap<Operation["policy"], Sending>();
  const ground: Ground = {
    options,
    timeout: durationOf(timeout, "configuration"),
    reserved: Object.values(api.schemes).flatMap((one) =>
      one.kind === "apiKey" && one.in === "header" ? one.name.toLowerCase() : [],
    ),
    now,
    sendingOf: (operation) => {
      const sending = sends.get(operation.policy) ?? compile(operation);
      sends.set(operation.policy, sending);
      return sending;
    },
  };
  return {
    send: <Output, Fields = object>(operation: Operation, input: object, callOptions: CallOptions = {}) => {
      const track: Track = { attempts: 0, response: undefined, url: undefined };
      const output = run(operation, ground, input, callOptions, track) as Promise<Output>;
      return callOf<Output, Fields>(output, track, (answer) => operation.fields?.(operation, answer) ?? {});
    },
    close: async () => {
      await Promise.all([...new Set(transports.values())].map((one) => one.close()));
    },
  };
}

/** The transport of a place: each has one of its own. */
function transportsOf(
  { transport, tls, proxy, http2, answers }: CallerOptions<object>,
  now: () => number,
  made: Map<string, Transport>,
): (home: Home) => Transport {
  return (home) => {
    // By the servers too: an entry without pins must not open a way past those of another.
    const key = JSON.stringify([home.origin, home.servers]);
    const one = transport ?? made.get(key) ?? transportAt({ home, tls, proxy, http2, answers, now });
    made.set(key, one);
    return one;
  };
}

function refuse(api: ApiPolicy, options: CallerOptions<object>, configured: Configured): void {
  const { retryBudget = 10, transport, tls, proxy, http2, answers } = options;
  let fault = misconfigured(api, configured, options);
  if (api.format !== policyFormat)
    fault = `The code is of policy format ${api.format}, the runtime of ${policyFormat}: generate it again`;
  if (!(retryBudget >= 0)) fault = "retryBudget is 0 or more";
  // A transport has TLS settings of its own: pins that nobody checks would be worse than none.
  if (transport !== undefined && (tls ?? proxy ?? http2 ?? answers) !== undefined)
    fault = "Leave tls, proxy, http2 and answers out, or transport";
  if (fault !== undefined) throw new Failure("configuration", fault);
}

/** What the steps of every operation share. */
interface Shared {
  readonly configured: Configured;
  readonly home: Home;
  readonly transport: (home: Home) => Transport;
  readonly now: () => number;
}

function compiler(
  api: ApiPolicy,
  options: CallerOptions<object>,
  { configured, home, transport, now }: Shared,
): (operation: Operation) => Sending {
  const { tls, proxy, interceptors = [], random = Math.random, retryBudget = 10 } = options;
  const ground = { budget: budgetOf(retryBudget), now, sleep: options.sleep ?? sleep, random };
  return ({ id, policy, home: find }) => {
    if (policy.servers !== undefined && find === undefined)
      throw new Failure("configuration", `${id}: pass ownServer as its home`);
    const at = find?.(api, policy, home, options) ?? home;
    const { baseUrl, origin } = at;
    const network = transport(at);
    const steps = [
      ...standingAt("call", interceptors),
      retry(policy.retries ?? api.retries, ground),
      ...standingAt("attempt", interceptors),
      credentials(policy.access, configured, { api, origin, tls, proxy, now }),
      ...standingAt("wire", interceptors),
    ];
    return { baseUrl, send: chain(steps, (call) => network.send(call.outgoing, call)) };
  };
}

async function run(
  operation: Operation,
  { options: { check }, timeout, reserved, now, sendingOf }: Ground,
  input: object,
  options: CallOptions,
  track: Track,
): Promise<unknown> {
  try {
    const { baseUrl, send } = sendingOf(operation);
    const own = durationOf(options.timeout, "invalid_input");
    const patience = own ?? timeout ?? toMilliseconds(operation.policy.timeout ?? "30s");
    const deadline = now() + patience;
    const onAttempt = (attempt: number) => {
      track.attempts = attempt;
      track.response = undefined;
    };
    return await withDeadline(
      patience,
      options.signal,
      async (ending) => {
        const outgoing = toRequest(operation, { baseUrl, reserved }, input, options, ending);
        const incoming = await send({ operation, input, outgoing, attempt: 1, deadline, onAttempt });
        track.response = incoming;
        track.url = outgoing.url;
        const output = outputOf(operation, incoming, now());
        return check === undefined ? output : check(operation, incoming, await output);
      },
      isLive,
    );
  } catch (thrown) {
    if (thrown instanceof Failure) Object.assign(thrown, { operation: operation.id, attempts: track.attempts });
    throw thrown;
  }
}

function isLive(output: unknown): boolean {
  return (
    typeof output === "object" &&
    output !== null &&
    ("getReader" in output || Symbol.asyncIterator in output || ("files" in output && isLive(output.files)))
  );
}

/** `undefined` where nothing is said; a text that says nothing is none. */
function durationOf(text: Duration | undefined, code: "configuration" | "invalid_input"): number | undefined {
  try {
    return text === undefined ? undefined : toMilliseconds(text);
  } catch (cause) {
    throw new Failure(code, `timeout ${cause instanceof Error ? cause.message : ""}`, { cause });
  }
}
