import { type Duration, toMilliseconds } from "../policy/index.js";
import { askJson, memberAt, type SecretFetch } from "./json-answer.js";
import type { SecretSource } from "./source.js";

/** Signs requests with Signature Version 4: an `AwsClient` of aws4fetch is one. */
export interface AwsSigner {
  readonly sign: (
    url: string,
    init: {
      readonly method: string;
      readonly headers: Readonly<Record<string, string>>;
      readonly body: string;
      readonly aws: { readonly service: string; readonly region: string };
    },
  ) => Promise<{ readonly headers: Headers }>;
}

/** Options of `awsSecrets`. */
export interface AwsSecretsOptions {
  readonly region: string;
  /** Who signs. A function is asked at each reading: credentials of a role do not last. */
  readonly signer: AwsSigner | (() => AwsSigner | Promise<AwsSigner>);
  /** The id or ARN of a secret. Default: its name. */
  readonly secretId?: (name: string) => string;
  /** Default: that of the region. A VPC endpoint, for example. */
  readonly endpoint?: string;
  /** How long one answer may take. Default 5s. */
  readonly timeout?: Duration;
  readonly fetch?: SecretFetch;
}

const type = "application/x-amz-json-1.1";

/** AWS Secrets Manager: one signed request a secret. One that there is not is missing; whatever else is refused, fails. */
export function awsSecrets(options: AwsSecretsOptions): SecretSource {
  const { region, signer, secretId = (name) => name, timeout = "5s", fetch = globalThis.fetch } = options;
  const { endpoint = `https://secretsmanager.${region}.amazonaws.com/` } = options;
  const limit = toMilliseconds(timeout);
  const ask = async (by: AwsSigner, name: string) => {
    const json = { SecretId: secretId(name) };
    const plain = { "Content-Type": type, "X-Amz-Target": "secretsmanager.GetSecretValue" };
    const init = { method: "POST", headers: plain, body: JSON.stringify(json) };
    const { headers } = await by.sign(endpoint, { ...init, aws: { service: "secretsmanager", region } });
    const signed = Object.fromEntries([...headers].filter(([field]) => field !== "content-type"));
    return askJson(fetch, { url: endpoint, method: "POST", headers: { ...signed, "Content-Type": type }, json }, limit);
  };
  return {
    name: `AWS Secrets Manager in ${region}`,
    read: async (names) => {
      const by = typeof signer === "function" ? await signer() : signer;
      const found = new Map<string, string>();
      for (const name of names) {
        const { status, body } = await ask(by, name);
        const kind = memberAt(body, "__type");
        if (status === 400 && typeof kind === "string" && /(?:^|#)ResourceNotFoundException$/.test(kind)) continue;
        if (status !== 200) throw new Error(`it answered ${status} for ${name}`);
        const text = memberAt(body, "SecretString");
        if (typeof text === "string") found.set(name, text);
      }
      return found;
    },
  };
}
