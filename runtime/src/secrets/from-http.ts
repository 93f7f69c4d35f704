import { type Duration, toMilliseconds } from "../policy/index.js";
import { askJson, type SecretFetch, type SecretRequest } from "./json-answer.js";
import type { SecretSource } from "./source.js";

/** Options of `httpSecrets`. */
export interface HttpSecretsOptions {
  /** For messages. */
  readonly name: string;
  /** What is asked for one secret. It may fetch a token first; it is asked at each reading. */
  readonly request: (name: string) => SecretRequest | Promise<SecretRequest>;
  /** The secret in the JSON of a 200; `undefined` where it is not there. */
  readonly value: (answer: unknown, name: string) => string | undefined;
  /** How long one answer may take. Default 5s. */
  readonly timeout?: Duration;
  /** Hosts that may be asked over plain HTTP, beside the loopback. Default: none. */
  readonly plainHttp?: readonly string[];
  readonly fetch?: SecretFetch;
}

/**
 * Any store that answers JSON over HTTP: one request a secret. 404 means that there is none; every other status but 200 fails.
 * docs/secrets.md has the requests of Azure.
 */
export function httpSecrets(options: HttpSecretsOptions): SecretSource {
  const { name, request, value, timeout = "5s", plainHttp = [], fetch = globalThis.fetch } = options;
  const limit = toMilliseconds(timeout);
  return {
    name,
    read: async (names) => {
      const found = new Map<string, string>();
      for (const one of names) {
        const { status, body } = await askJson(fetch, await request(one), limit, plainHttp);
        if (status === 404) continue;
        if (status !== 200) throw new Error(`it answered ${status} for ${one}`);
        const text = value(body, one);
        if (text !== undefined) found.set(one, text);
      }
      return found;
    },
  };
}
