/** The part of the Fetch API that metadata, keys and verdicts are fetched with. */
export type Fetch = (url: string, init: FetchInit) => Promise<Response>;

/** How they are fetched: never after a redirect, never for long. */
export interface FetchInit {
  readonly redirect: "error";
  readonly signal: AbortSignal;
  readonly headers: Readonly<Record<string, string>>;
  readonly method?: "POST";
  readonly body?: string;
}

/** A form to be posted. */
export interface FormRequest {
  readonly headers: Readonly<Record<string, string>>;
  readonly form: Readonly<Record<string, string>>;
}

const longestWait = 5_000;
const largest = 524_288;

/** The `fetch` of an option, else the global one. It is looked up late: tests and platforms replace it. */
export function fetchOf(given: Fetch | undefined): Fetch {
  return given ?? ((url, init) => globalThis.fetch(url, init));
}

/**
 * Fetches a JSON document of a provider.
 * @returns `undefined` for 404.
 * @throws when the provider does not answer 200 with JSON of a sane size in time.
 */
export async function fetchJson(fetch: Fetch, url: string, request?: FormRequest): Promise<unknown> {
  const response = await fetch(url, initOf(request));
  if (response.status !== 200) {
    await response.body?.cancel();
    if (response.status === 404) return undefined;
    throw new Error(`${url} answered ${response.status}`);
  }
  return JSON.parse(await readText(response, url));
}

function initOf(request: FormRequest | undefined): FetchInit {
  const init = { redirect: "error", signal: AbortSignal.timeout(longestWait) } as const;
  const accept = { accept: "application/json" };
  if (request === undefined) return { ...init, headers: accept };
  const type = { "content-type": "application/x-www-form-urlencoded" };
  const body = new URLSearchParams(request.form).toString();
  return { ...init, headers: { ...accept, ...type, ...request.headers }, method: "POST", body };
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
