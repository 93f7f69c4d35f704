import type { Exchange } from "../../http/exchange.js";
import { toOctets } from "../../policy/index.js";
import { headersTooLarge, malformedMessage, misdirected, targetTooLong } from "../../problem/refusals.js";
import type { Guard } from "../guard.js";
import type { Matched } from "../states.js";

/** RFC 9112, 5: each line costs a look by everybody who searches one. No client that we know of sends half as many. */
const headerLines = 100;

/** Refuses what is framed in two ways, meant for another host, or too large, before anything else looks at it (R31). */
export const transport: Guard<Matched, Matched> = {
  name: "transport",
  compile: ({ policy }, ground) => {
    const { url = "8KiB", headers = "16KiB" } = policy.bounds ?? ground.api.bounds;
    const longest = toOctets(url);
    const largest = toOctets(headers);
    const { hosts } = ground;
    return (call) => {
      const { exchange } = call;
      const { malformed } = exchange;
      if (malformed !== undefined) return malformedMessage(malformed);
      // The target of a call that came in already decoded is another's, with other calls in it.
      if (exchange.target.length > longest && call.flat === undefined) return targetTooLong(longest);
      if (exchange.headers.exceeds?.(headerLines, largest) === true) return headersTooLarge(headerLines, largest);
      return hosts === undefined || isOneOf(hosts, exchange) ? call : misdirected();
    };
  },
};

function isOneOf(hosts: ReadonlySet<string>, { target, headers }: Exchange): boolean {
  // RFC 9112, 3.2.2: the authority of an absolute target counts, and Host does not.
  const absolute = /^https?:\/\/([^/?#]*)/i.exec(target)?.[1];
  const host = (absolute ?? headers.all("host")[0] ?? "").toLowerCase();
  return hosts.has(host) || hosts.has(host.replace(/:[0-9]*$/, ""));
}
