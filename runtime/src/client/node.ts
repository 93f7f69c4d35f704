/** What only Node can do for a client: the undici transport by name, and the pin of a certificate. */
export type { TransportOptions } from "./transports/options.js";
export { PinMismatch, spkiPin } from "./transports/pins.js";
export { createTransport as undiciTransport } from "./transports/undici.js";
