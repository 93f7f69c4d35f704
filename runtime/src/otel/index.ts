/** Spans and metrics through OpenTelemetry's API, by its semantic conventions of HTTP; for servers and for clients. */
export { type CallTelemetryOptions, callTelemetry } from "./client.js";
export { type TelemetryOptions, telemetry } from "./server.js";
