import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Failure } from "../failure.js";
import { finishSignIn, memoryPending, type SignInOptions, startSignIn } from "./sign-in.js";
import type { Tokens } from "./tokens.js";

/** How a program on a user's machine has them sign in. */
export interface LoopbackOptions extends Omit<SignInOptions, "redirectUri" | "pending" | "signal"> {
  /** Opens the user's browser, or shows the URL. */
  readonly open: (url: string) => void | Promise<void>;
  /** Ends the wait. Default: five minutes. */
  readonly signal?: AbortSignal;
}

/** RFC 8252, 7.3: the authorization server lets the port of a loopback address vary. */
const path = "/callback";

/**
 * Signs in through the user's browser, which comes back to a port of this machine (RFC 8252, 7.3): on the loopback address alone, for this
 * one answer. An answer of another state is not the end: anything on this machine could send one.
 */
export async function signInOnThisMachine(options: LoopbackOptions): Promise<Tokens> {
  const { open, signal = AbortSignal.timeout(300_000), ...rest } = options;
  const server = createServer();
  await new Promise<void>((ready, fail) => server.once("error", fail).listen(0, "127.0.0.1", ready));
  const { port } = server.address() as AddressInfo;
  const origin = `http://127.0.0.1:${port}`;
  const pending = memoryPending();
  const flow: SignInOptions = { ...rest, redirectUri: `${origin}${path}`, pending };
  try {
    const url = await startSignIn(flow);
    const tokens = landing(server, origin, flow, signal);
    // It may fail while the browser is being opened.
    tokens.catch(() => {});
    await open(url);
    return await tokens;
  } finally {
    server.close();
    server.closeIdleConnections();
  }
}

function landing(server: Server, origin: string, flow: SignInOptions, signal: AbortSignal): Promise<Tokens> {
  return new Promise((resolve, reject) => {
    signal.addEventListener("abort", () => reject(new Failure("aborted", "Nobody has signed in")), { once: true });
    server.on("request", async (request, response) => {
      const url = new URL(request.url ?? "", origin);
      // Another Host is a name that somebody has pointed at this machine.
      const isOurs = request.method === "GET" && url.pathname === path && request.headers.host === url.host;
      if (!isOurs || url.origin !== origin) return say(response, 404, "There is nothing here.");
      const begun = await known(flow, url);
      if (begun === undefined) return say(response, 400, "This sign-in was not begun here.");
      try {
        const tokens = await finishSignIn(begun, url);
        say(response, 200, "You have signed in. You can close this window.");
        resolve(tokens);
      } catch (thrown) {
        say(response, 400, "Signing in has failed. Go back to the program.");
        reject(thrown);
      }
    });
  });
}

/** The flow with the sign-in of that state taken out of it; `undefined` where there is none. */
async function known(flow: SignInOptions, url: URL): Promise<SignInOptions | undefined> {
  const taken = await flow.pending.take(url.searchParams.get("state") ?? "");
  return taken === undefined ? undefined : { ...flow, pending: { save: () => {}, take: () => taken } };
}

function say(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, {
    "content-type": "text/plain; charset=utf-8",
    "cache-control": "no-store",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    connection: "close",
  });
  response.end(text);
}
