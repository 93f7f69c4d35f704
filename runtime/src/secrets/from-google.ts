import { type Duration, toMilliseconds } from "../policy/index.js";
import { askJson, memberAt, type SecretFetch } from "./json-answer.js";
import type { SecretSource } from "./source.js";

/** Options of `googleSecrets`. */
export interface GoogleSecretsOptions {
  /** The id of the project. */
  readonly project: string;
  /** The version of the secrets; `latest` where absent. */
  readonly version?: string;
  /** An access token. Default: that of the service account that the metadata server knows. */
  readonly token?: () => string | Promise<string>;
  /** How long one answer may take. Default 5s. */
  readonly timeout?: Duration;
  /** Default: Google's own. */
  readonly endpoint?: string;
  readonly fetch?: SecretFetch;
}

const metadata = "metadata.google.internal";

/** Google Secret Manager: one request a secret, by bearer token. */
export function googleSecrets(options: GoogleSecretsOptions): SecretSource {
  const { project, version = "latest", timeout = "5s", fetch = globalThis.fetch } = options;
  const { endpoint = "https://secretmanager.googleapis.com" } = options;
  const limit = toMilliseconds(timeout);
  const { token = () => tokenOf(fetch, limit) } = options;
  const [place, edition] = [project, version].map(encodeURIComponent);
  return {
    name: `Google Secret Manager of ${project}`,
    read: async (names) => {
      const headers = { authorization: `Bearer ${await token()}` };
      const found = new Map<string, string>();
      for (const name of names) {
        const path = `/v1/projects/${place}/secrets/${encodeURIComponent(name)}/versions/${edition}:access`;
        const { status, body } = await askJson(fetch, { url: endpoint + path, headers }, limit);
        if (status === 404) continue;
        const data = memberAt(body, "payload", "data");
        if (status !== 200 || typeof data !== "string") throw new Error(`it answered ${status} for ${name}`);
        found.set(name, Buffer.from(data, "base64").toString("utf8"));
      }
      return found;
    },
  };
}

/** The metadata server speaks plain HTTP, and to the machine alone that it is of. It keeps the token as long as it is good. */
async function tokenOf(fetch: SecretFetch, limit: number): Promise<string> {
  const url = `http://${metadata}/computeMetadata/v1/instance/service-accounts/default/token`;
  const { status, body } = await askJson(fetch, { url, headers: { "Metadata-Flavor": "Google" } }, limit, [metadata]);
  const token = memberAt(body, "access_token");
  if (status !== 200 || typeof token !== "string") throw new Error(`the metadata server answered ${status}`);
  return token;
}
