import type { Outgoing, StreamedBody } from "./contract.js";

/** Whether the content of a request is made while it is sent. */
export function isStreamed(body: Outgoing["body"]): body is StreamedBody {
  return typeof body === "object" && "open" in body;
}

/** A stream of the caller's is gone when it was sent. */
export function isRepeatable({ body }: Outgoing): boolean {
  return !isStreamed(body) || body.repeatable;
}
