import type { ClientCall, Incoming, Interceptor, Place, Placed } from "./contract.js";

/** Interceptors in reading order: the first is outermost. */
export function chain(
  interceptors: readonly Interceptor[],
  send: (call: ClientCall) => Promise<Incoming>,
): (call: ClientCall) => Promise<Incoming> {
  return interceptors.reduceRight((next, interceptor) => interceptor(next), send);
}

/** An interceptor at a place of the chain: `interceptors: [at("call", timed)]`. */
export function at(place: Place, interceptor: Interceptor): Placed {
  return { place, interceptor };
}

/** The interceptors that stand at a place. */
export function standingAt(place: Place, all: readonly (Interceptor | Placed)[]): readonly Interceptor[] {
  return all.flatMap((one) => {
    if (typeof one === "function") return place === "attempt" ? [one] : [];
    return one.place === place ? [one.interceptor] : [];
  });
}
