import type { Exchange } from "../http/exchange.js";

/** Aborted when the caller goes away, or when nobody waits any more. Most code never looks at it, and a controller is dear. */
export class CallSignal {
  readonly #exchange: Exchange;
  #controller: AbortController | undefined;
  #late: unknown;

  constructor(exchange: Exchange) {
    this.#exchange = exchange;
  }

  get signal(): AbortSignal {
    this.#controller ??= this.#open();
    return this.#controller.signal;
  }

  /** Nobody waits any more. */
  expire(reason: Error): void {
    this.#late = reason;
    this.#controller?.abort(reason);
  }

  #open(): AbortController {
    const controller = new AbortController();
    const { signal } = this.#exchange;
    const leave = () => controller.abort(signal.reason);
    if (this.#late !== undefined) controller.abort(this.#late);
    else if (signal.aborted) leave();
    else signal.addEventListener("abort", leave, { once: true });
    return controller;
  }
}
