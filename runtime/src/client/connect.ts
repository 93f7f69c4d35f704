import { transportAt } from "#transport";
import { ofStatus } from "../http/status.js";
import { type ApiPolicy, type Duration, policyFormat, toMilliseconds } from "../policy/index.js";
import { homeOf } from "./base-url.js";
import { chain, standingAt } from "./chain.js";
import type {
  Caller,
  CallOptions,
  ClientCall,
  ClientOptions,
  Home,
  Incoming,
  Interceptor,
  Operation,
  Transport,
} from "./contract.js";
import { withDeadline } from "./deadline.js";
import { Failure } from "./failure.js";
import { type Configured, credentials, misconfigured } from "./interceptors/credentials.js";
import { notice } from "./interceptors/notice.js";
import { budgetOf, type RetryGround, retry } from "./interceptors/retry.js";
import { toRequest } from "./request.js";
import { outputOf } from "./response.js";
import { type Answer, callOf, type Track } from "./result.js";
import { sleep } from "./sleep.js";

/** How one operation is called, and where. */
interface Sending {
  readonly baseUrl: string;
  readonly send: (call: ClientCall) => Promise<Incoming>;
}

/** What every call of a client shares. */
interface Ground {
  readonly api: ApiPolicy;
  readonly options: ClientOptions<object>;
  readonly home: Home;
  readonly configured: Configured;
  /** The transport of a place: each has one of its own. */
  readonly transport: (home: Home) => Transport;
  readonly retries: RetryGround;
  readonly notice: Interceptor;
  readonly timeout: number | undefined;
  /** Headers that carry credentials in this API, in lower case. */
  readonly reserved: ReadonlySet<string>;
  readonly now: () => number;
}

/**
 * A client of an API, without methods: generated code adds those.
 *
 * A call goes deadline → `call` → retry → `attempt` → credentials and proofs → notice → `wire` → network. The names in quotes are places
 * for interceptors of the caller's; where none is said, it is `attempt`: they see every attempt, and no credential.
 *
 * What stands in this file and below it is in every bundle. It is what every call needs; the rest are values that somebody passes: an
 * operation its writers and readers, a credential its proofs, the caller its interceptors.
 * @throws Failure `configuration` for a policy of another format, a base URL that is not https, TLS settings that cannot hold, or
 * credentials that the spec does not know.
 */
export function connect<Auth extends object>(api: ApiPolicy, options: ClientOptions<Auth>): Caller {
  // Without a prototype: a scheme may be named like a method that every object has.
  const configured = Object.assign(Object.create(null), options.auth) as Configured;
  const budget = options.retryBudget ?? 10;
  refuse(api, options, configured, budget);
  const home = homeOf(api, options);
  const { tls, proxy, http2, answers, now = Date.now } = options;
  const transports = new Map<string, Transport>();
  const transport = (at: Home): Transport => {
    // By the servers too: an entry without pins must not open a way past those of another.
    const key = JSON.stringify([at.origin, at.servers]);
    const made = options.transport ?? transports.get(key) ?? transportAt({ home: at, tls, proxy, http2, answers, now });
    transports.set(key, made);
    return made;
  };
  // At once, so that settings that cannot hold are refused before the first call.
  transport(home);
  const ground: Ground = {
    api,
    options,
    home,
    configured,
    transport,
    retries: { budget: budgetOf(budget), now, sleep: options.sleep ?? sleep, random: options.random ?? Math.random },
    notice: notice(api, options.onDeprecation),
    timeout: options.timeout === undefined ? undefined : durationOf(options.timeout, "configuration"),
    reserved: reservedOf(api),
    now,
  };
  const sends = new WeakMap<Operation["policy"], Sending>();
  return {
    send: <Output, Fields = object>(operation: Operation, input: object, callOptions: CallOptions = {}) => {
      const track: Track = { attempts: 0, response: undefined, url: undefined };
      const find = () => {
        const sending = sends.get(operation.policy) ?? compile(operation, ground);
        sends.set(operation.policy, sending);
        return sending;
      };
      const { fields, holds } = operation;
      const fieldsOf = ({ status, headers }: Answer): object => {
        const found = fields?.(ofStatus(operation.wire.headers, status) ?? [], headers) ?? {};
        return holds === undefined ? found : holds.holdFields(operation, status, found);
      };
      return callOf<Output, Fields>(
        call(operation, ground, find, input, callOptions, track) as Promise<Output>,
        track,
        fieldsOf,
      );
    },
    close: async () => {
      await Promise.all([...new Set(transports.values())].map((one) => one.close()));
    },
  };
}

function refuse(api: ApiPolicy, options: ClientOptions<object>, configured: Configured, budget: number): void {
  const fault =
    api.format === policyFormat
      ? misconfigured(api, configured, options)[0]
      : `The code was generated for policy format ${api.format}, this runtime knows ${policyFormat}`;
  if (fault !== undefined) throw new Failure("configuration", fault);
  if (!(budget >= 0)) throw new Failure("configuration", "retryBudget is a number of repeats, 0 or more");
  // A transport has TLS settings of its own: pins that nobody checks would be worse than none.
  const { transport, tls, proxy, http2, answers } = options;
  if (transport !== undefined && (tls ?? proxy ?? http2 ?? answers) !== undefined)
    throw new Failure(
      "configuration",
      "tls, proxy, http2 and answers are for a transport of the client's own: leave them or transport out",
    );
}

function compile({ id, policy, home: find }: Operation, ground: Ground): Sending {
  const { api, configured, now, options } = ground;
  if (policy.servers !== undefined && find === undefined)
    throw new Failure("configuration", `${id} has a server of its own: pass ownServer as its home`);
  const home = find?.(api, policy, ground.home, options) ?? ground.home;
  const transport = ground.transport(home);
  const { interceptors = [] } = options;
  const steps = [
    ...standingAt("call", interceptors),
    retry(policy.retries ?? api.retries, ground.retries),
    ...standingAt("attempt", interceptors),
    credentials(policy.access, { api, configured, origin: home.origin, tls: options.tls, proxy: options.proxy, now }),
    ground.notice,
    ...standingAt("wire", interceptors),
  ];
  return { baseUrl: home.baseUrl, send: chain(steps, (call) => transport.send(call.outgoing, call)) };
}

async function call(
  operation: Operation,
  ground: Ground,
  find: () => Sending,
  input: object,
  options: CallOptions,
  track: Track,
): Promise<unknown> {
  try {
    const { baseUrl, send } = find();
    const timeout = timeoutOf(operation, ground, options);
    const deadline = ground.now() + timeout;
    const onAttempt = (attempt: number) => {
      track.attempts = attempt;
      track.response = undefined;
    };
    return await withDeadline(
      timeout,
      options.signal,
      async (ending) => {
        const outgoing = toRequest(operation, { baseUrl, reserved: ground.reserved }, input, options, ending);
        const incoming = await send({ operation, input, outgoing, attempt: 1, deadline, onAttempt });
        track.response = incoming;
        track.url = outgoing.url;
        const output = outputOf(operation, incoming, ground.now());
        const { check } = ground.options;
        return check === undefined ? output : check(operation, incoming, await output);
      },
      isLive,
    );
  } catch (thrown) {
    if (thrown instanceof Failure) {
      thrown.operation = operation.id;
      thrown.attempts = track.attempts;
    }
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

function timeoutOf({ policy }: Operation, ground: Ground, options: CallOptions): number {
  if (options.timeout !== undefined) return durationOf(options.timeout, "invalid_input");
  return ground.timeout ?? (policy.timeout === undefined ? 30_000 : toMilliseconds(policy.timeout));
}

function durationOf(text: Duration, code: "configuration" | "invalid_input"): number {
  try {
    return toMilliseconds(text);
  } catch (cause) {
    throw new Failure(code, `timeout ${JSON.stringify(text)} is no duration: write 250ms, 30s or 15m`, { cause });
  }
}

function reservedOf(api: ApiPolicy): ReadonlySet<string> {
  const names = Object.values(api.schemes).flatMap((policy) =>
    policy.kind === "apiKey" && policy.in === "header" ? [policy.name.toLowerCase()] : [],
  );
  return new Set(names);
}
