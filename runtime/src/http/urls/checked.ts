import type { Resolve } from "./resolve.js";
import type { UrlJudge } from "./rule.js";
import { leadsNowhere } from "./rule.js";
import { hostOf, isAddressed } from "./spelling.js";

/**
 * A URL that a rule allows, and the addresses that its host had when it was checked. Whoever calls it must call one of these: a name may lead
 * elsewhere the second time it is asked for. `fetchUrl` of `@sallyport/runtime/outgoing` does.
 */
export interface CheckedUrl {
  readonly url: string;
  readonly addresses: readonly string[];
  /** Checks another URL by the same rules: where a redirect leads. In words: why it may not be called. */
  readonly onward: (url: string, context: { readonly signal: AbortSignal }) => Promise<CheckedUrl | string>;
}

/** The checked URLs of a request, as they were sent. */
export type CheckedUrls = ReadonlyMap<string, CheckedUrl>;

/** Judges a text by rules, all of which must allow it. */
export function readBy(judges: readonly UrlJudge[], text: string): URL | string {
  const [first, ...more] = judges.map((one) => one.read(text));
  return more.find((one) => typeof one === "string") ?? first ?? leadsNowhere;
}

/** A URL, as far as its text is judged, with the addresses of its host; or why it may not be called. */
export function checkedBy(
  judges: readonly UrlJudge[],
  url: URL,
  addresses: readonly string[],
  resolve: Resolve,
): CheckedUrl | string {
  // One that is out of reach is enough: a client may take whichever it likes.
  if (addresses.length === 0 || !addresses.every((one) => judges.every(({ reaches }) => reaches(one))))
    return leadsNowhere;
  return {
    url: url.href,
    addresses,
    onward: (text, context) => checkUrlBy(judges, text, resolve, context),
  };
}

/** Checks one URL: its text, then where it leads. It throws where that cannot be found out. */
export async function checkUrlBy(
  judges: readonly UrlJudge[],
  text: string,
  resolve: Resolve,
  context: { readonly signal: AbortSignal },
): Promise<CheckedUrl | string> {
  const url = readBy(judges, text);
  if (typeof url === "string") return url;
  return checkedBy(judges, url, await addressesOf(url, resolve, context), resolve);
}

/** The addresses of a URL's host; an address is its own. */
export async function addressesOf(
  url: URL,
  resolve: Resolve,
  context: { readonly signal: AbortSignal },
): Promise<readonly string[]> {
  return isAddressed(url) ? [hostOf(url)] : resolve(url.hostname, context);
}
