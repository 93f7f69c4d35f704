import type { Outgoing, ProofRequest } from "./contract.js";
import type { Failure } from "./failure.js";

// What `ending.ts` does, where `fetch` is what sends: it wants a signal of every request, so there is one from the beginning.

/** The end of a call that has just begun. */
export function callEnding(): { readonly signal: AbortSignal; readonly end: (reason: Failure) => void } {
  const controller = new AbortController();
  return { signal: controller.signal, end: (reason) => controller.abort(reason) };
}

/** A request that ends with its call. */
export function outgoingOf(
  request: Omit<Outgoing, "signal" | "ending">,
  { signal }: { readonly signal: AbortSignal },
): Outgoing {
  return { ...request, signal };
}

/** What a credential is asked, with the signal of the request that it is asked for. */
export function askedFor({ signal }: Outgoing, facts: Omit<ProofRequest, "signal">): ProofRequest {
  return { ...facts, signal };
}

/** The same request with other headers. */
export function withHeaders(outgoing: Outgoing, headers: Outgoing["headers"]): Outgoing {
  return { ...outgoing, headers };
}

/** The same request to another URL. */
export function withUrl(outgoing: Outgoing, url: string): Outgoing {
  return { ...outgoing, url };
}

/** Why a call has ended before its answer; `undefined` while it goes on. */
export function endOf({ signal }: Outgoing): unknown {
  return signal.aborted ? signal.reason : undefined;
}
