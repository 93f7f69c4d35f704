import { preferred } from "../../http/accept.js";
import { notAcceptable } from "../../problem/refusals.js";
import type { OperationSchemas } from "../contract.js";
import type { Guard } from "../guard.js";
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
    return (call) => {
      const accept = preferred(media, call.exchange.headers.all("accept"));
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
