import type { Incoming, Outgoing, Transport } from "../contract.js";
import { Failure } from "../failure.js";
import { largestAnswer, stayAtHome, type TransportOptions } from "./options.js";
import { tlsFault } from "./tls-fault.js";

/**
 * A transport on the platform's `fetch`. Such platforms keep TLS to themselves: settings in code are refused. Pins of the spec cannot be
 * checked here; the platform's own verification holds.
 * @throws Failure `configuration`
 */
export function createTransport(options: TransportOptions): Transport {
  if (options.tls !== undefined) {
    throw new Failure(
      "configuration",
      "This platform does not let a client pin keys or choose authorities: leave tls out",
    );
  }
  return { send: (outgoing) => send(options.origin, outgoing), close: async () => {} };
}

async function send(origin: string, outgoing: Outgoing): Promise<Incoming> {
  stayAtHome(origin, outgoing);
  try {
    const response = await fetch(outgoing.url, {
      method: outgoing.method,
      headers: outgoing.headers,
      body: (outgoing.body as BodyInit | undefined) ?? null,
      signal: outgoing.signal,
      redirect: "manual",
      credentials: "omit",
      cache: "no-store",
    });
    // Fetch, 4.2: a redirect that is not followed shows as status 0.
    if (response.type === "opaqueredirect")
      throw new Failure("redirect_refused", "The server answered a redirect: it is not followed");
    return { status: response.status, headers: Object.fromEntries(response.headers), body: await read(response) };
  } catch (thrown) {
    if (thrown instanceof Failure) throw thrown;
    if (outgoing.signal.aborted) throw outgoing.signal.reason;
    const fault = tlsFault(thrown);
    if (fault !== undefined)
      throw new Failure("tls", `The server's certificate is refused: ${fault}`, { cause: thrown });
    throw new Failure("network", "The server could not be reached", { cause: thrown });
  }
}

async function read(response: Response): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  const reader = response.body?.getReader();
  for (let part = await reader?.read(); part !== undefined && !part.done; part = await reader?.read()) {
    length += part.value.byteLength;
    if (length > largestAnswer) {
      await reader?.cancel();
      throw new Failure("response_invalid", `The answer is larger than ${largestAnswer} octets`, {
        status: response.status,
      });
    }
    chunks.push(part.value);
  }
  const body = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    body.set(chunk, at);
    at += chunk.byteLength;
  }
  return body;
}
