import type { UrlRule } from "../../policy/index.js";
import { isPrivate, isPublic } from "../address.js";
import { hostOf, isAddressed, portOf, readUrl } from "./spelling.js";

/** A rule, compiled. What it answers in words is what is wrong. */
export interface UrlJudge {
  /** Judges all that the text says. Where it leads nobody knows yet. */
  readonly read: (text: string) => URL | string;
  /** Whether a host may be at an address. */
  readonly reaches: (address: string) => boolean;
}

/** Schemes whose URLs have a host, at which something answers that was asked. */
const guardedSchemes: readonly string[] = ["https", "http", "wss", "ws"];

/** What URLs that fail say to the outside about where they lead: one text for all, so that nobody learns what names there are inside. */
export const leadsNowhere = "Does not lead to an address that may be called.";

interface Host {
  readonly name: string;
  readonly below: boolean;
  readonly port: string | undefined;
}

/**
 * Compiles a rule.
 * @throws TypeError for one that allows more than it seems to, or nothing.
 */
export function judgeOf({ schemes, hosts, private: privately }: UrlRule): UrlJudge {
  if (schemes.length === 0 || !schemes.every((one) => guardedSchemes.includes(one)))
    throw new TypeError(`schemes are some of ${guardedSchemes.join(", ")}`);
  if (hosts?.length === 0) throw new TypeError("hosts is empty: no URL would be allowed");
  const allowed = (hosts ?? ["*"]).map(readHost);
  const mayBePrivate = privately === "allow";
  const reaches = (address: string) => isPublic(address) || (mayBePrivate && isPrivate(address));
  const read = (text: string): URL | string => {
    const url = readUrl(text);
    if (typeof url === "string") return `The URL ${url}.`;
    if (!schemes.includes(url.protocol.slice(0, -1))) return `The URL's scheme is none of ${schemes.join(", ")}.`;
    if (!allowed.some((one) => fits(one, url))) return "The URL's host or port is none of those that are allowed.";
    return isAddressed(url) && !reaches(hostOf(url)) ? leadsNowhere : url;
  };
  return { read, reaches };
}

function fits({ name, below, port }: Host, url: URL): boolean {
  const own = below ? url.hostname.endsWith(name) : name === "*" || url.hostname === name;
  return own && (port === undefined ? url.port === "" : portOf(url) === port);
}

function readHost(text: string): Host {
  const [, wild, name = "", port] = /^(\*\.)?([^:@/?#\\[\]]+|\[[0-9a-f:.]+\])(?::([1-9]\d{0,4}))?$/.exec(text) ?? [];
  const below = wild !== undefined;
  if (name === "*" && !below) return { name, below, port };
  const url = readUrl(`https://${name}/`);
  const isHost = typeof url !== "string" && url.hostname === name && !name.includes("*");
  // Below a top-level domain anybody may have a name.
  if (!isHost || (below && (isAddressed(url) || !name.includes("."))))
    throw new TypeError(`hosts: ${JSON.stringify(text)} is no host: write hooks.example.com, or *.example.com`);
  return { name: below ? `.${name}` : name, below, port };
}
