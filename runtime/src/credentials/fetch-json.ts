/** The part of the Fetch API that metadata and keys are fetched with. */
export type Fetch = (url: string, init: FetchInit) => Promise<Response>;

/** How they are fetched: never after a redirect, never for long. */
export interface FetchInit {
  readonly redirect: "error";
  readonly signal: AbortSignal;
  readonly headers: Readonly<Record<string, string>>;
}

const longestWait = 5_000;
const largest = 524_288;

/**
 * Fetches a JSON document of a provider.
 * @returns `undefined` for 404.
 * @throws when the provider does not answer 200 with JSON of a sane size in time.
 */
export async function fetchJson(fetch: Fetch, url: string): Promise<unknown> {
  const signal = AbortSignal.timeout(longestWait);
  const response = await fetch(url, { redirect: "error", signal, headers: { accept: "application/json" } });
  if (response.status !== 200) {
    await response.body?.cancel();
    if (response.status === 404) return undefined;
    throw new Error(`${url} answered ${response.status}`);
  }
  return JSON.parse(await readText(response, url));
}

async function readText(response: Response, url: string): Promise<string> {
  const reader = response.body?.getReader();
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let text = "";
  let size = 0;
  for (let part = await reader?.read(); part?.done === false; part = await reader?.read()) {
    size += part.value.byteLength;
    if (size > largest) {
      await reader?.cancel();
      throw new Error(`${url} answered more than ${largest} octets`);
    }
    text += decoder.decode(part.value, { stream: true });
  }
  return text + decoder.decode();
}
