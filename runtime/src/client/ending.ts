import type { Ending, Outgoing, ProofRequest } from "./contract.js";
import type { Failure } from "./failure.js";

/** The end of a call that has just begun. */
export function callEnding(): CallEnding {
  return new CallEnding();
}

/** The end of one call before its answer. */
export class CallEnding implements Ending {
  reason: Failure | undefined = undefined;
  #listeners: Set<(reason: Failure) => void> | undefined;
  #controller: AbortController | undefined;

  /** A controller costs more than all the rest of a call (Node 20: 5 µs), and most calls need none. */
  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    if (this.reason !== undefined) this.#controller.abort(this.reason);
    return this.#controller.signal;
  }

  listen(listener: (reason: Failure) => void): void {
    this.#listeners ??= new Set();
    this.#listeners.add(listener);
  }

  leave(listener: (reason: Failure) => void): void {
    this.#listeners?.delete(listener);
  }

  end(reason: Failure): void {
    if (this.reason !== undefined) return;
    this.reason = reason;
    for (const listener of this.#listeners ?? []) listener(reason);
    this.#controller?.abort(reason);
  }
}

/**
 * Asks for the signal of a call when somebody asks for it. One for all: an object literal with a getter takes a shape of its own with each call,
 * which costs more than to send it. It is the request's own all the same, and so it is there in whatever is spread from it.
 */
const signalOfEnding: PropertyDescriptor & ThisType<{ readonly ending: Ending }> = {
  enumerable: true,
  configurable: true,
  get() {
    return this.ending.signal;
  },
};

/** A request that ends with its call. Its signal is made when somebody asks for it. */
export function outgoingOf(request: Omit<Outgoing, "signal" | "ending">, ending: Ending): Outgoing {
  const { method, url, headers, body, streams = false } = request;
  return Object.defineProperty({ method, url, headers, body, streams, ending }, "signal", signalOfEnding) as Outgoing;
}

/** What a credential is asked, with the signal of the request that it is asked for. */
export function askedFor(
  outgoing: Outgoing,
  { scheme, scopes, api, origin, tls, proxy, now }: Omit<ProofRequest, "signal">,
): ProofRequest {
  const { ending } = outgoing;
  const asked = { scheme, scopes, api, origin, tls, proxy, now, ending };
  if (ending === undefined) return { ...asked, signal: outgoing.signal };
  return Object.defineProperty(asked, "signal", signalOfEnding) as typeof asked & ProofRequest;
}

/** The same request with other headers. A spread would ask for its signal. */
export function withHeaders(outgoing: Outgoing, headers: Outgoing["headers"]): Outgoing {
  return changed(outgoing, { headers });
}

/** The same request to another URL. */
export function withUrl(outgoing: Outgoing, url: string): Outgoing {
  return changed(outgoing, { url });
}

function changed(outgoing: Outgoing, change: Partial<Pick<Outgoing, "headers" | "url">>): Outgoing {
  const { method, url, headers, body, streams = false, ending } = outgoing;
  if (ending === undefined) return { ...outgoing, ...change };
  return outgoingOf({ method, url, headers, body, streams, ...change }, ending);
}

/** Why a call has ended before its answer; `undefined` while it goes on. */
export function endOf(outgoing: Outgoing): unknown {
  const { ending } = outgoing;
  if (ending !== undefined) return ending.reason;
  return outgoing.signal.aborted ? outgoing.signal.reason : undefined;
}

/** Calls a listener when a call ends before its answer, and answers how to stop that. */
export function onEnd(outgoing: Outgoing, listener: (reason: unknown) => void): () => void {
  const { ending } = outgoing;
  if (ending !== undefined) {
    ending.listen(listener);
    return () => ending.leave(listener);
  }
  const { signal } = outgoing;
  const aborted = () => listener(signal.reason);
  signal.addEventListener("abort", aborted, { once: true });
  return () => signal.removeEventListener("abort", aborted);
}
