import type { CheckedUrl } from "../../http/urls/checked.js";
import { type Duration, type Size, toMilliseconds, toOctets } from "../../policy/index.js";
import type { Ending, Incoming } from "../contract.js";
import { withDeadline } from "../deadline.js";
import { outgoingOf } from "../ending.js";
import { Failure } from "../failure.js";
import type { ClientTls } from "../tls.js";
import { createGuardedTransport } from "../transports/undici.js";
import { pinnedLookup } from "./pinned.js";
import { refused } from "./targets.js";

/** How a checked URL is called. */
export interface FetchUrlOptions {
  /** `GET` where absent. */
  readonly method?: string;
  /** Once a redirect leads to another origin, all but `Accept`, `Accept-Language` and `User-Agent` are left out (R58), even where another leads back. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** The handler's `signal`: the call ends when nobody waits any more. */
  readonly signal?: AbortSignal;
  /** For all of it, redirects included; 10 s where absent. */
  readonly timeout?: Duration;
  /** The most octets of an answer that are read; 1MiB where absent. */
  readonly largest?: Size;
  /** How many redirects of a GET or HEAD are followed, each checked as the first URL was; 3 where absent. */
  readonly redirects?: number;
  /** Certificate authorities in PEM, instead of the system's. */
  readonly ca?: ClientTls["ca"];
}

/**
 * Calls a URL that a caller sent, at the addresses that were judged and at no other. Nothing is sent with it that was not given.
 * @param checked of `urls`: `fetchUrl(urls.get(body.avatar))`.
 * @returns the answer, whole, whatever its status.
 * @throws Failure `target_refused` for a URL that no rule has checked, or where a redirect leads that the rule refuses; `redirect_refused` for
 *   one redirect too many, or of a call that is no GET or HEAD; `network`, `tls`, `timeout`, `aborted`, `response_invalid`.
 */
export async function fetchUrl(checked: CheckedUrl | undefined, options: FetchUrlOptions = {}): Promise<Response> {
  const { method = "GET", timeout = "10s", signal, redirects = 3 } = options;
  if (checked === undefined) throw refused("no rule of the description has checked it");
  return withDeadline(toMilliseconds(timeout), signal, async (ending) => {
    let at = checked;
    let { headers = {} } = options;
    for (let left = redirects; ; left--) {
      const answer = await send(at, { ...options, headers }, ending);
      const next = redirectOf(answer, at);
      if (next === undefined) return toResponse(answer);
      // RFC 9110, 15.4: only safe methods are sent again without asking, and a body belongs to whom it was meant for.
      if (!(left > 0) || (method !== "GET" && method !== "HEAD"))
        throw new Failure("redirect_refused", "The answer is a redirect that is not followed", {
          status: answer.status,
        });
      const from = at;
      at = await onward(from, next, ending);
      // For good: whoever leads back to the first origin has chosen what is asked of it.
      if (new URL(at.url).origin !== new URL(from.url).origin) headers = impersonal(headers);
    }
  });
}

async function onward(at: CheckedUrl, next: string, ending: Ending): Promise<CheckedUrl> {
  try {
    const checked = await at.onward(next, ending);
    if (typeof checked !== "string") return checked;
    throw refused(`a redirect leads to where it may not. ${checked}`);
  } catch (thrown) {
    throw thrown instanceof Failure
      ? thrown
      : new Failure("network", "Nobody knows where a redirect leads", { cause: thrown });
  }
}

async function send(
  { url, addresses }: CheckedUrl,
  { method = "GET", headers = {}, body, largest = "1MiB", ca }: FetchUrlOptions,
  ending: Ending,
): Promise<Incoming> {
  const { origin, protocol } = new URL(url);
  if (protocol !== "https:" && protocol !== "http:") throw refused("its scheme is none of HTTP");
  const transport = createGuardedTransport({
    origin,
    tls: ca === undefined || protocol === "http:" ? undefined : { ca },
    server: undefined,
    lookup: pinnedLookup(addresses),
    largest: toOctets(largest),
  });
  try {
    return await transport.send(outgoingOf({ method, url: url.replace(/#.*$/s, ""), headers, body }, ending));
  } finally {
    // Of this call alone: a connection that is kept would keep an address that was judged long ago.
    await transport.close();
  }
}

const impersonalNames: readonly string[] = ["accept", "accept-language", "user-agent"];

function impersonal(headers: FetchUrlOptions["headers"] = {}): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => impersonalNames.includes(name.toLowerCase())));
}

function redirectOf({ status, headers }: Incoming, { url }: CheckedUrl): string | undefined {
  const { location } = headers;
  if (![301, 302, 303, 307, 308].includes(status) || location === undefined) return undefined;
  // What is no URL is judged as it came, and refused.
  return URL.canParse(location, url) ? new URL(location, url).href : location;
}

function toResponse({ status, headers, body }: Incoming): Response {
  // RFC 9110, 15: from 600 on there are no statuses, and Fetch, 5.5, has no response with one.
  if (status < 200 || status > 599)
    throw new Failure("response_invalid", `The answer has a status that there is not: ${status}`, { status });
  // Fetch, 2.2.3: with these a body is an error.
  const content = [204, 205, 304].includes(status) ? null : (body as BodyInit);
  return new Response(content, { status, headers });
}
