import type { Exchange } from "../http/exchange.js";

// RFC 3986, 2.3: what stands in a URN and a log as it is. Shorter than eight, it could hardly tell one request from another.
const safe = /^[A-Za-z0-9._~-]{8,128}$/;

/** The id of a request: always our own. One that the caller chose could be another's, and would stand in the log beside it. */
export function ownRequestId(): string {
  return crypto.randomUUID();
}

/** The id that the request came with (`X-Request-Id`), where it is safe to print and there is one; else our own. */
export function acceptedRequestId({ headers }: Pick<Exchange, "headers">): string {
  const [id, ...more] = headers.all("x-request-id");
  return id !== undefined && more.length === 0 && safe.test(id) ? id : ownRequestId();
}
