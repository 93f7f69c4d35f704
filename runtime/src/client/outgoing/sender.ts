import { type ApiPolicy, type Size, toOctets } from "../../policy/index.js";
import { connect } from "../connect.js";
import type { CallOptions, ClientOptions, Operation, Outgoing, Transport } from "../contract.js";
import { noticing } from "../interceptors/notice.js";
import type { ClientTls } from "../tls.js";
import { createGuardedTransport } from "../transports/undici.js";
import { guardedLookup, refuseHidden } from "./lookup.js";
import { judgeOf, type Target } from "./targets.js";

/** What a sender is opened with; generated code gives `Auth` the schemes that its calls ask for. */
export interface SenderOptions<Auth extends object>
  extends Pick<
    ClientOptions<Auth>,
    "auth" | "timeout" | "interceptors" | "onDeprecation" | "now" | "random" | "sleep"
  > {
  /**
   * The origins that may be called: `https://hooks.example.com`, or `https://*.example.com` for every name below it. A name must lead
   * to public addresses; an entry that is an address itself, or `localhost`, may be private. http is for loopback entries only.
   */
  readonly allow: readonly string[];
  /** Certificate authorities in PEM, instead of the system's. */
  readonly ca?: ClientTls["ca"];
  /** The most octets of an answer that are read; 64KiB where absent. */
  readonly answer?: Size;
}

/** Makes calls to URLs that others chose, and to no other places than those of its list. */
export interface Sender {
  /**
   * Sends one call. Redirects are not followed, credentials are those of the call alone.
   * @throws Failure `target_refused` for a URL that is not in the list, or leads to an address that is not public; nothing was sent then.
   */
  readonly send: <Output>(operation: Operation, url: string, input: object, options?: CallOptions) => Promise<Output>;
}

/**
 * Opens a sender for webhooks and callbacks.
 * @throws Failure `configuration` where the list is missing, empty, or allows more than it seems to.
 */
export function openSender<Auth extends object>(api: ApiPolicy, options: SenderOptions<Auth>): Sender {
  const { allow, ca, answer = "64KiB", ...rest } = options;
  const judge = judgeOf(allow ?? []);
  const largest = toOctets(answer);
  const unplaced: ApiPolicy = { ...api, servers: [] };
  // Once: of an operation it is told once, however often it is sent.
  const shared = noticing<Auth>(unplaced, { timeout: "10s", ...rest });
  // Refuses options that cannot work before the first call. Nothing is sent.
  connect(unplaced, { ...shared, baseUrl: "https://start.invalid", transport: { send: never, close: async () => {} } });
  return {
    send: async <Output>(operation: Operation, url: string, input: object, callOptions: CallOptions = {}) => {
      const target = judge(url);
      refuseHidden(target);
      const { origin, pathname } = target.url;
      const tls = ca === undefined || origin.startsWith("http:") ? undefined : { ca };
      const lookup = guardedLookup(target);
      // Of this call alone: a connection that is kept would keep an address that was judged long ago.
      const transport = at(target, createGuardedTransport({ origin, tls, server: undefined, lookup, largest }));
      const caller = connect(unplaced, { ...shared, baseUrl: `${origin}${pathname}`, transport });
      const { home: _home, ...own } = operation;
      const { servers: _servers, ...policy } = operation.policy;
      try {
        return await caller.send<Output>({ ...own, policy: { ...policy, path: "" } }, input, callOptions);
      } finally {
        await caller.close();
      }
    },
  };
}

/** Sends to the very URL that was judged, with the query of the call behind its own. */
function at({ url }: Target, transport: Transport): Transport {
  const send = (outgoing: Outgoing) => {
    const whole = new URL(url);
    const added = new URL(outgoing.url).search.slice(1);
    if (added !== "") whole.search = whole.search === "" ? added : `${whole.search.slice(1)}&${added}`;
    whole.hash = "";
    // What a step of the user's changed is not undone: it would leave the origin, and is refused there.
    return transport.send(new URL(outgoing.url).origin === url.origin ? { ...outgoing, url: whole.href } : outgoing);
  };
  return { send, close: () => transport.close() };
}

async function never(): Promise<never> {
  throw new Error("Nothing is sent before a call");
}
