import { collect } from "../collect.js";
import type { AnswerBounds, Incoming, Outgoing, Transport } from "../contract.js";
import { Failure } from "../failure.js";
import { isStreamed } from "../streamed-body.js";
import { stayAtHome, type TransportOptions } from "./options.js";

/** What it means that nothing came: as much of it as the platform tells. */
type FailureOf = (cause: unknown) => Failure;

/**
 * A transport on the platform's `fetch`. Such platforms keep TLS to themselves: settings in code are refused. Pins of the spec cannot be
 * checked here; the platform's own verification holds.
 * @throws Failure `configuration`
 */
export function overFetch({ origin, tls, proxy, http2, answers }: TransportOptions, failureOf: FailureOf): Transport {
  if ((tls ?? proxy ?? http2) !== undefined) {
    throw new Failure("configuration", "Leave tls, proxy and http2 out: the platform keeps them to itself");
  }
  return { send: (outgoing) => send({ origin, answers, failureOf }, outgoing), close: async () => {} };
}

interface Sending {
  readonly origin: string;
  readonly answers: AnswerBounds | undefined;
  readonly failureOf: FailureOf;
}

async function send({ origin, answers, failureOf }: Sending, outgoing: Outgoing): Promise<Incoming> {
  stayAtHome(origin, outgoing);
  try {
    const { method, url, body, signal } = outgoing;
    const request: RequestInit & { readonly duplex: "half" } = {
      method,
      headers: outgoing.headers,
      body: (isStreamed(body) ? body.open() : (body ?? null)) as BodyInit | null,
      // Fetch, 5.4: a stream goes out before the answer comes in, and says so.
      duplex: "half",
      signal,
      redirect: "manual",
      credentials: "omit",
      cache: "no-store",
    };
    const response = await fetch(url, request);
    // Fetch, 4.2: a redirect that is not followed shows as status 0.
    if (response.type === "opaqueredirect") throw new Failure("redirect_refused", "Redirects are not followed");
    const { status, ok, body: content } = response;
    const headers = Object.fromEntries(response.headers);
    const room = answers?.roomIn(headers);
    // The platform has undone the coding: what they say of the content as it came is not true of what it is now.
    if (headers["content-encoding"] !== undefined) {
      delete headers["content-encoding"];
      delete headers["content-length"];
    }
    const isHandedOn = outgoing.streams && ok && content !== null;
    return { status, headers, body: isHandedOn ? content : await collect(content, status, room) };
  } catch (cause) {
    if (cause instanceof Failure) throw cause;
    if (outgoing.signal.aborted) throw outgoing.signal.reason;
    throw failureOf(cause);
  }
}

/** A server that could not be reached, whyever. */
export function unreached(cause: unknown): Failure {
  return new Failure("network", "The server could not be reached", { cause });
}
