import { endOf } from "#ending";
import type { Log } from "../../observe/log.js";
import { type Masker, masking } from "../../observe/masked.js";
import { safeLog } from "../../observe/safe-log.js";
import type { Sensitivity } from "../../policy/index.js";
import { at } from "../chain.js";
import type { ClientCall, Incoming, Placed } from "../contract.js";
import { Failure } from "../failure.js";

/** Options of `logCalls`. */
export interface CallLogOptions {
  /**
   * What must not be read in a log: `sensitivity` of generated `policy.ts`. With it, lines say what was `sent` and `answered`, masked. Without it they hold no value at
   * all: what is not there needs no mask.
   */
  readonly sensitivity?: Sensitivity;
  /** Milliseconds, for tests. */
  readonly now?: () => number;
}

/**
 * One line an attempt: what was called, how it ended, how long it took. Paths are the spec's templates, and credentials are not seen.
 * @param log a logger of pino's shape.
 */
export function logCalls(log: Log, { sensitivity, now = () => performance.now() }: CallLogOptions = {}): Placed {
  const safe = safeLog(log);
  const views = new Map<string, View>();
  const viewOf = ({ operation: { id } }: ClientCall): View => {
    const view = views.get(id) ?? compile(id, sensitivity);
    views.set(id, view);
    return view;
  };
  return at("attempt", (next) => async (call) => {
    const start = now();
    const view = viewOf(call);
    const facts = () => ({ ...factsOf(call), ...view.sent(call.input), durationMs: Math.round(now() - start) });
    try {
      const incoming = await next(call);
      const { status, headers } = incoming;
      const level = status >= 500 ? "error" : status >= 400 ? "warn" : "info";
      safe[level]({ ...facts(), status, requestId: headers["x-request-id"], ...view.answered(incoming) }, "called");
      return incoming;
    } catch (thrown) {
      // Transports reject in words of their own when the call ends.
      const cause = endOf(call.outgoing) ?? thrown;
      safe.error({ ...facts(), code: cause instanceof Failure ? cause.code : "mistake" }, "call failed");
      throw thrown;
    }
  });
}

function factsOf({ operation: { id, policy }, attempt, outgoing }: ClientCall): object {
  const { method, path } = policy;
  return { operation: id, method, path, origin: new URL(outgoing.url).origin, attempt };
}

/** What a line shows of an operation's values. */
interface View {
  readonly sent: (input: object) => object;
  readonly answered: (incoming: Incoming) => object;
}

const nothing: View = { sent: () => ({}), answered: () => ({}) };

function compile(id: string, sensitivity: Sensitivity | undefined): View {
  if (sensitivity === undefined) return nothing;
  // Its own, and not what somebody has polluted the prototype of every object with.
  const { sent = {}, answered = {} } = (Object.hasOwn(sensitivity, id) ? sensitivity[id] : undefined) ?? {};
  const input = masking(sent, hash);
  const answer = masking(answered, hash);
  return {
    sent: (value) => quietly(() => ({ sent: input(value) })),
    answered: (incoming) => quietly(() => ({ answered: contentOf(incoming, answer) })),
  };
}

function quietly(show: () => object): object {
  try {
    return show();
  } catch {
    return { unreadable: true };
  }
}

/** Octets of an answer that are read for a line. */
const longest = 65_536;

/** JSON that is here is shown, masked; of anything else what it is. */
function contentOf({ body, headers }: Incoming, mask: Masker): unknown {
  const type = headers["content-type"];
  if (!(body instanceof Uint8Array)) return { type };
  const isJson = /^application\/(?:[\w.+-]+\+)?json\b/i.test(type ?? "");
  if (!isJson || body.length > longest) return { type, octets: body.length };
  return mask(JSON.parse(new TextDecoder().decode(body)));
}

interface Crypto {
  readonly createHmac: (
    name: string,
    key: Uint8Array,
  ) => { readonly update: (text: string) => { readonly digest: (form: string) => string } };
}

interface BuiltIns {
  readonly process?: { readonly getBuiltinModule?: (name: string) => unknown };
}

let salt: Uint8Array<ArrayBuffer> | undefined;

/** Nothing that runs everywhere hashes while one waits; where Node is not, what should be hashed is left out. */
function hash(text: string): string | undefined {
  const node = (globalThis as BuiltIns).process?.getBuiltinModule?.("node:crypto") as Crypto | undefined;
  salt ??= crypto.getRandomValues(new Uint8Array(32));
  return node?.createHmac("sha256", salt).update(text).digest("hex").slice(0, 16);
}
