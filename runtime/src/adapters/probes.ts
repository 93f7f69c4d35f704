import type { IncomingMessage, ServerResponse } from "node:http";
import { StartError } from "../problem/start-error.js";
import type { Api } from "../server/contract.js";

/** Paths at which a server says how it is. They are asked without a credential, and say nothing but that. */
export interface Probes {
  /** 200 while calls should come here, 503 from the first moment of `close` on: `/readyz`. */
  readonly ready?: string;
  /** 200 while the process runs: `/livez`. */
  readonly live?: string;
}

type Listener = (request: IncomingMessage, response: ServerResponse) => void;

/**
 * Puts probes before a listener.
 * @throws StartError for a path that is none, or one of the API's.
 */
export function probing(probes: Probes, api: Api, ready: () => boolean, listener: Listener): Listener {
  const answers = new Map([
    [probes.ready, ready],
    [probes.live, () => true],
  ]);
  answers.delete(undefined);
  const taken = new Set(api.routes.map(({ path }) => path));
  for (const path of answers.keys()) {
    if (path?.startsWith("/") !== true || /[?#{}]/.test(path) || taken.has(path)) {
      const message = `probes: "${path}" is no path, or one of the API's: write /readyz.`;
      throw new StartError([{ code: "invalid_option", message }]);
    }
  }
  return (request, response) => {
    const well = answers.get(request.url);
    if (well === undefined || (request.method !== "GET" && request.method !== "HEAD")) listener(request, response);
    else answer(well(), request, response);
  };
}

function answer(well: boolean, request: IncomingMessage, response: ServerResponse): void {
  response.writeHead(well ? 200 : 503, {
    "Content-Type": "text/plain; charset=utf-8",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
  });
  response.end(request.method === "HEAD" ? undefined : well ? "ok\n" : "leaving\n");
}
