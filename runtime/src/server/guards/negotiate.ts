import { preferred } from "../../http/accept.js";
import { notAcceptable } from "../../problem/refusals.js";
import type { OperationSchemas } from "../contract.js";
import type { Guard } from "../guard.js";
import { recent } from "../recent.js";
import { type Permitted, prove } from "../states.js";

/**
 * Finds out which media type of a success the caller wants (RFC 9110, 12.5.1). It is 406 before the handler has done anything, not
 * after.
 */
export const negotiate: Guard<Permitted, Permitted> = {
  name: "negotiate",
  compile: ({ schemas }) => {
    const media = successMedia(schemas.responses);
    if (media.length === 0) return undefined;
    // The same few wishes come again and again.
    const wished = recent((line) => preferred(media, [line]));
    return (call) => {
      const lines = call.exchange.headers.all("accept");
      const accept = lines.length === 0 ? media[0] : wished(lines.join());
      return accept === undefined ? notAcceptable(media) : prove(call, "accept", accept);
    };
  },
};

/** The media types of all successes, the preferred one first; where there is no success, those of `default`. */
function successMedia(responses: OperationSchemas["responses"]): readonly string[] {
  const of = (keep: (status: string) => boolean) =>
    Object.entries(responses).flatMap(([status, media]) => (keep(status) ? Object.keys(media) : []));
  const successes = Object.keys(responses).some((status) => status.startsWith("2"));
  return [...new Set(of((status) => (successes ? status.startsWith("2") : status === "default")))];
}
