import type { ClientCall, Incoming, Interceptor } from "./contract.js";

/** Interceptors in reading order: the first is outermost. */
export function chain(
  interceptors: readonly Interceptor[],
  send: (call: ClientCall) => Promise<Incoming>,
): (call: ClientCall) => Promise<Incoming> {
  return interceptors.reduceRight((next, interceptor) => interceptor(next), send);
}
