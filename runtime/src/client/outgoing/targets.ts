import { readUrl } from "../../http/urls/spelling.js";
import { Failure } from "../failure.js";

/** One entry of the list of allowed targets. */
interface Allowed {
  readonly scheme: string;
  readonly host: string;
  readonly port: string;
  /** `*.example.com`: any name below it. */
  readonly below: boolean;
}

/** Judges the URLs that calls may go to. */
export type Judge = (text: string) => Target;

/** A URL that calls may go to. */
export interface Target {
  readonly url: URL;
  /** Whether its host may be at an address that is not public: the list names just this address, or `localhost`. */
  readonly private: boolean;
}

/**
 * The judge of a list of origins: `https://hooks.example.com`, `https://*.example.com`. Where a call goes that its receiver chose is
 * request forgery by construction (OWASP API7): without a list nothing starts.
 * @throws Failure `configuration` for a list that is empty, or allows more than it seems to.
 */
export function judgeOf(list: readonly string[]): Judge {
  if (list.length === 0) {
    throw new Failure(
      "configuration",
      "allow is empty: list the origins that may be called, like https://hooks.example.com",
    );
  }
  const allowed = list.map(read);
  return (text) => {
    const url = readUrl(text);
    if (typeof url === "string") throw refused(`it ${url}`);
    const entry = allowed.find((one) => fits(one, url));
    // The URL came from outside: what is said of it stays in the log of whoever sent it, and names no other of the list.
    if (entry === undefined) throw refused(`${JSON.stringify(url.origin)} is not in the list of allowed targets`);
    return { url, private: !entry.below && isLocalName(entry.host) };
  };
}

/** A refusal of a URL: nothing was sent. */
export function refused(reason: string): Failure {
  return new Failure("target_refused", `The call is not sent there: ${reason}`);
}

function fits({ scheme, host, port, below }: Allowed, url: URL): boolean {
  const own = below ? url.hostname.endsWith(`.${host}`) : url.hostname === host;
  return url.protocol === scheme && url.port === port && own;
}

/** As URLs spell it: `127.1` is `127.0.0.1` by then. */
function isLocalName(host: string): boolean {
  return host === "localhost" || host.startsWith("[") || /^\d+\.\d+\.\d+\.\d+$/.test(host);
}

function read(text: string): Allowed {
  const [, below, rest = ""] = /^https?:\/\/(\*\.)?([^/?#@*\\]+)\/?$/i.exec(text) ?? [];
  const bare = text.replace("*.", "");
  const url = rest !== "" && URL.canParse(bare) ? new URL(bare) : undefined;
  const fault =
    url === undefined
      ? "is no origin: write https://hooks.example.com, or https://*.example.com"
      : below !== undefined && (isLocalName(url.hostname) || !url.hostname.includes("."))
        ? "allows a whole top-level domain, or a part of an address"
        : undefined;
  if (url === undefined || fault !== undefined)
    throw new Failure("configuration", `allow: ${JSON.stringify(text)} ${fault}`);
  return { scheme: url.protocol, host: url.hostname, port: url.port, below: below !== undefined };
}
