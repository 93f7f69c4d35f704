import { Server as HttpServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { Server as NetServer } from "node:net";
import { type EndSessions, followSessions } from "./http2-sessions.js";

/** Options of `gracefully`. */
export interface GracefulOptions {
  /**
   * Milliseconds between the moment in which `ready` turns false and the one in which no more connections are taken: as long as whoever
   * sends calls here needs to hear of it. 0 where absent.
   */
  readonly notice?: number;
  /** Milliseconds that calls under way have from then on before they are cut off; 10,000 where absent. */
  readonly drainTimeout?: number;
}

/** A server that can leave without dropping anything. */
export interface Graceful {
  /** Whether calls should still come here: for a readiness probe. False from the first moment of `close` on. */
  readonly ready: () => boolean;
  /**
   * First `ready` turns false, then no more connections are taken, then calls under way end, and what does not end in time is cut off.
   * Resolves when the last connection is gone. A second call waits for the first.
   */
  readonly close: () => Promise<void>;
}

/** How often connections that have become idle are closed, in milliseconds. */
const patrol = 50;

/**
 * Lets a server of `node:http`, `node:https` or `node:http2` leave gracefully, whoever made it: Express's `app.listen()` gives one, and
 * Fastify has it as `fastify.server`. Call it before the server listens: sessions of HTTP/2 are known from then on.
 */
export function gracefully(server: NetServer, { notice = 0, drainTimeout = 10_000 }: GracefulOptions = {}): Graceful {
  const endSessions = followSessions(server);
  let closing: Promise<void> | undefined;
  const leave = async () => {
    // RFC 9112, 9.6: a connection that says so is not used again, so nobody's next call is lost with it.
    server.prependListener("request", closeAfter);
    await pause(notice);
    await drain(server, drainTimeout, endSessions);
  };
  return {
    ready: () => closing === undefined,
    close: () => {
      closing ??= leave();
      return closing;
    },
  };
}

function closeAfter(request: IncomingMessage, response: ServerResponse): void {
  if (request.httpVersionMajor < 2) response.shouldKeepAlive = false;
}

function pause(milliseconds: number): Promise<void> {
  return milliseconds === 0 ? Promise.resolve() : new Promise((resolve) => setTimeout(resolve, milliseconds));
}

function drain(server: NetServer, patience: number, endSessions: EndSessions): Promise<void> {
  const closeIdle = () => HttpServer.prototype.closeIdleConnections.call(server);
  return new Promise((resolve, reject) => {
    const cut = () => {
      endSessions("now");
      HttpServer.prototype.closeAllConnections.call(server);
    };
    const timer = setTimeout(cut, patience);
    // A connection whose call ends now would else stay for as long as it may be kept alive.
    const sweep = setInterval(closeIdle, patrol);
    server.close((error) => {
      clearTimeout(timer);
      clearInterval(sweep);
      if (error === undefined) resolve();
      else reject(error);
    });
    endSessions("polite");
    closeIdle();
  });
}

/**
 * Closes a server when the process is told to end. A second signal ends it at once.
 * @returns what takes it back.
 */
export function closeOnSignals(
  server: Pick<Graceful, "close">,
  signals: readonly NodeJS.Signals[] = ["SIGTERM", "SIGINT"],
): () => void {
  const forget = () => {
    for (const signal of signals) process.off(signal, leave);
  };
  const leave = () => {
    forget();
    server.close().catch((thrown: unknown) => {
      process.exitCode = 1;
      process.emitWarning(thrown instanceof Error ? thrown : String(thrown));
    });
  };
  for (const signal of signals) process.on(signal, leave);
  return forget;
}
