import { lookup } from "node:dns/promises";
import { type RequestOptions, request } from "node:https";
import { isIP } from "node:net";
import { DiagnosticError } from "../code/diagnostic.js";
import { isPublic } from "./addresses.js";
import { complaint } from "./complaint.js";

/** Which documents may be fetched, and with what patience (R5). */
export interface RemoteOptions {
  /** Origins: `https://schemas.example.com`. */
  readonly allow: readonly string[];
  /** Certificate authorities in PEM. Default: the system's, and NODE_EXTRA_CA_CERTS. */
  readonly ca?: string;
  /** Milliseconds that one document may take. */
  readonly timeout?: number;
}

const defaultTimeout = 20_000;
const redirects = 3;

/**
 * The origins of an allow-list, as URLs spell them.
 * @throws DiagnosticError with exit code 2 for what is no https origin.
 */
export function originsOf(allow: readonly string[]): ReadonlySet<string> {
  return new Set(allow.map(originOf));
}

function originOf(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isOrigin = url?.protocol === "https:" && /^https:\/\/[^/?#@*\\]+\/?$/i.test(text);
  if (url !== undefined && isOrigin) return url.origin;
  const fix = "Name an origin and nothing more: https://schemas.example.com, or https://localhost:8443.";
  throw new DiagnosticError([complaint("SP026", `${JSON.stringify(text)} is no https origin`, fix)], 2);
}

/** Why a document was not fetched, in words that follow "because". */
export class Unfetched extends Error {}

/**
 * Fetches a text whose origin is allowed. Redirects stay in the origin; addresses are public, unless the origin itself names one.
 * @throws Unfetched
 */
export async function fetchText(url: URL, bytes: number, options: RemoteOptions): Promise<Buffer> {
  const deadline = AbortSignal.timeout(options.timeout ?? defaultTimeout);
  let at = url;
  for (let hops = 0; hops <= redirects; hops += 1) {
    const answer = await get(at, bytes, options, deadline);
    if (answer.body !== undefined) return answer.body;
    if (answer.location === undefined || !URL.canParse(answer.location, at)) {
      throw new Unfetched("it is redirected to nowhere");
    }
    const next = new URL(answer.location, at);
    if (next.origin !== url.origin) throw new Unfetched(`it is redirected to another origin, ${next.origin}`);
    at = next;
  }
  throw new Unfetched(`it is redirected more than ${redirects} times`);
}

interface Answer {
  readonly body?: Buffer;
  readonly location?: string | undefined;
}

function get(url: URL, bytes: number, { ca }: RemoteOptions, signal: AbortSignal): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const fail = (error: Error) => reject(error instanceof Unfetched ? error : new Unfetched(reasonOf(error, signal)));
    const asked: RequestOptions = {
      // Spelt out: NODE_TLS_REJECT_UNAUTHORIZED must not open this.
      rejectUnauthorized: true,
      agent: false,
      signal,
      // What is compressed could grow past every bound.
      headers: { accept: "application/yaml, application/json", "accept-encoding": "identity" },
      lookup: (host, _, answer) => {
        resolveHost(host).then(
          (addresses) => answer(null, addresses),
          (error: Error) => answer(error, []),
        );
      },
      ...(ca === undefined ? {} : { ca }),
    };
    const stop = (error: Unfetched) => {
      fail(error);
      sent.destroy();
    };
    const sent = request(url, asked, (reply) => {
      const { statusCode = 0, headers } = reply;
      if (statusCode >= 300 && statusCode < 400) {
        reply.resume();
        resolve({ location: headers.location });
      } else if (statusCode !== 200) {
        stop(new Unfetched(`it answers ${statusCode}`));
      } else if (headers["content-encoding"] !== undefined && headers["content-encoding"] !== "identity") {
        stop(new Unfetched("it comes compressed"));
      }
      const parts: Buffer[] = [];
      let size = 0;
      reply.on("data", (part: Buffer) => {
        size += part.length;
        if (size > bytes) stop(new Unfetched(`it has more than ${bytes} octets`));
        else parts.push(part);
      });
      reply.on("end", () => resolve({ body: Buffer.concat(parts) }));
      reply.on("error", fail);
    });
    sent.on("error", fail);
    sent.end();
  });
}

/** A name must lead to public addresses only. A host that is an address, or `localhost`, was allowed by just that name. */
async function resolveHost(host: string): Promise<{ readonly address: string; readonly family: number }[]> {
  const addresses = await lookup(host, { all: true });
  const hidden = isIP(host) === 0 && host !== "localhost" && addresses.find(({ address }) => !isPublic(address));
  if (hidden) throw new Unfetched(`${host} leads to ${hidden.address}, which is no public address`);
  return addresses;
}

function reasonOf(error: Error, signal: AbortSignal): string {
  if (signal.aborted) return "it takes too long";
  return "code" in error && typeof error.code === "string" ? `of ${error.code}` : `of ${error.message}`;
}
