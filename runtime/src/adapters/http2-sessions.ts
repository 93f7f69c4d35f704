import type { Http2Session } from "node:http2";
import type { Server as NetServer } from "node:net";

/**
 * Ends the connections of HTTP/2, which `close` of a server does not know. `polite`: callers are told to go away, and which of their streams
 * was the last that is taken (RFC 9113, 6.8); calls under way end. `now`: they are cut off.
 *
 * Nobody is told before that: what Node sends early, it takes no more streams after, and does not say so.
 */
export type EndSessions = (how: "polite" | "now") => void;

/** Follows the sessions of a server. One that speaks HTTP/1.1 alone has none. */
export function followSessions(server: NetServer): EndSessions {
  const sessions = new Set<Http2Session>();
  server.on("session", (session: Http2Session) => {
    sessions.add(session);
    session.once("close", () => sessions.delete(session));
  });
  return (how) => {
    for (const session of sessions) {
      if (how === "polite") session.close();
      else session.destroy();
    }
  };
}
