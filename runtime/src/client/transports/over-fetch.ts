import { collect } from "../collect.js";
import type { AnswerBounds, Incoming, Outgoing, Transport } from "../contract.js";
import { Failure } from "../failure.js";
import { stayAtHome, type TransportOptions } from "./options.js";

/** The code of a TLS failure, where the platform tells it. */
type TlsFault = (thrown: unknown) => string | undefined;

/**
 * A transport on the platform's `fetch`. Such platforms keep TLS to themselves: settings in code are refused. Pins of the spec cannot be
 * checked here; the platform's own verification holds.
 * @throws Failure `configuration`
 */
export function overFetch({ origin, tls, proxy, http2, answers }: TransportOptions, tlsFault: TlsFault): Transport {
  if ((tls ?? proxy ?? http2) !== undefined) {
    throw new Failure(
      "configuration",
      "The platform keeps TLS, proxies and HTTP versions to itself: leave tls, proxy and http2 out",
    );
  }
  return { send: (outgoing) => send({ origin, answers, tlsFault }, outgoing), close: async () => {} };
}

interface Sending {
  readonly origin: string;
  readonly answers: AnswerBounds | undefined;
  readonly tlsFault: TlsFault;
}

async function send({ origin, answers, tlsFault }: Sending, outgoing: Outgoing): Promise<Incoming> {
  stayAtHome(origin, outgoing);
  try {
    const response = await fetch(outgoing.url, {
      method: outgoing.method,
      headers: outgoing.headers,
      ...bodyOf(outgoing),
      signal: outgoing.signal,
      redirect: "manual",
      credentials: "omit",
      cache: "no-store",
    });
    // Fetch, 4.2: a redirect that is not followed shows as status 0.
    if (response.type === "opaqueredirect")
      throw new Failure("redirect_refused", "The server answered a redirect: it is not followed");
    const { status, body } = response;
    const isHandedOn = outgoing.streams === true && response.ok && body !== null;
    const headers = Object.fromEntries(response.headers);
    const room = answers?.roomIn(headers);
    // The platform has undone the coding: what they say of the content as it came is not true of what it is now.
    if ("content-encoding" in headers) {
      delete headers["content-encoding"];
      delete headers["content-length"];
    }
    return { status, headers, body: isHandedOn ? body : await collect(body, status, room) };
  } catch (thrown) {
    if (thrown instanceof Failure) throw thrown;
    if (outgoing.signal.aborted) throw outgoing.signal.reason;
    const fault = tlsFault(thrown);
    if (fault !== undefined)
      throw new Failure("tls", `The server's certificate is refused: ${fault}`, { cause: thrown });
    throw new Failure("network", "The server could not be reached", { cause: thrown });
  }
}

/** Fetch, 5.4: a stream goes out before the answer comes in, and says so. */
function bodyOf({ body }: Outgoing): Pick<RequestInit, "body"> & { readonly duplex?: "half" } {
  if (body === undefined) return { body: null };
  if (typeof body === "string" || body instanceof Uint8Array) return { body: body as BodyInit };
  return { body: body.open(), duplex: "half" };
}
