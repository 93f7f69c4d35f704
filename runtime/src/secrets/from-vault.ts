import { type Duration, toMilliseconds } from "../policy/index.js";
import { readSecretFile } from "./from-files.js";
import { askJson, isRecord, memberAt, type SecretFetch } from "./json-answer.js";
import type { SecretSource } from "./source.js";
import { type SuppliedSecret, supplied } from "./supplied.js";

/** Who asks a Vault. `mount` is where the method is mounted, if not at its own name. */
export type VaultAuth =
  | { readonly token: SuppliedSecret }
  | { readonly appRole: { readonly roleId: string; readonly secretId: SuppliedSecret; readonly mount?: string } }
  | {
      readonly kubernetes: {
        readonly role: string;
        /** The token of the service account. Default: where Kubernetes mounts it. */
        readonly tokenFile?: string;
        readonly mount?: string;
      };
    };

/** Options of `vault`. */
export interface VaultOptions {
  /** `https://vault.example.com:8200`. Over plain HTTP only on the loopback, as a Vault Agent listens there. */
  readonly address: string;
  /** The mount of the KV engine, version 2. Default `secret`. */
  readonly mount?: string;
  /** The secret whose keys are the names that are asked for: `bank/api`. */
  readonly path: string;
  readonly auth: VaultAuth;
  readonly namespace?: string;
  /** How long one answer may take. Default 5s. */
  readonly timeout?: Duration;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
  readonly fetch?: SecretFetch;
}

interface Session {
  readonly token: string;
  readonly until: number;
}

/**
 * HashiCorp Vault, or OpenBao: the KV secrets engine, version 2, over its HTTP API. All names come from one secret, in one version. Redirects
 * of standby nodes are not followed, as they would carry the token along: name the active node, or what stands before them.
 */
export function vault(options: VaultOptions): SecretSource {
  const { address, mount = "secret", path, auth, namespace, timeout = "5s", now = Date.now } = options;
  const { fetch = globalThis.fetch } = options;
  const base = address.replace(/\/+$/, "");
  const limit = toMilliseconds(timeout);
  // The agent's guard against forged requests, and the namespace, go with every request.
  const always = { "X-Vault-Request": "true", ...(namespace === undefined ? {} : { "X-Vault-Namespace": namespace }) };
  const place = `${base}/v1/${segments(mount)}/data/${segments(path)}`;
  let session: Session | undefined;

  const login = async (): Promise<Session> => {
    const asked = await loginOf(auth);
    if (typeof asked === "string") return { token: asked, until: 0 };
    const url = `${base}/v1/auth/${segments(asked.mount)}/login`;
    const { status, body } = await askJson(fetch, { url, method: "POST", headers: always, json: asked.json }, limit);
    const token = memberAt(body, "auth", "client_token");
    if (status !== 200 || typeof token !== "string") throw new Error(`the login answered ${status}`);
    const lease = memberAt(body, "auth", "lease_duration");
    // Renewed early: a token that ends on its way is a failure nobody can explain.
    return { token, until: now() + (typeof lease === "number" ? lease * 900 : 0) };
  };
  const ask = async () => {
    if (session === undefined || session.until <= now()) session = await login();
    return askJson(fetch, { url: place, headers: { ...always, "X-Vault-Token": session.token } }, limit);
  };
  return {
    name: `Vault at ${base}, ${mount}/${path}`,
    read: async (names) => {
      const known = session !== undefined && session.until > now();
      let answer = await ask();
      if (answer.status === 403 && known) {
        // The token was revoked before its time: once more with a new one.
        session = undefined;
        answer = await ask();
      }
      if (answer.status === 404) return new Map();
      const data = memberAt(answer.body, "data", "data");
      if (answer.status !== 200 || !isRecord(data)) throw new Error(`it answered ${answer.status}`);
      return new Map(
        names.flatMap((name) => {
          const value = Object.hasOwn(data, name) ? data[name] : undefined;
          return typeof value === "string" ? [[name, value] as const] : [];
        }),
      );
    },
  };
}

type Login = { readonly mount: string; readonly json: Readonly<Record<string, string>> };

async function loginOf(auth: VaultAuth): Promise<string | Login> {
  if ("token" in auth) return supplied(auth.token);
  if ("appRole" in auth) {
    const { roleId, secretId, mount = "approle" } = auth.appRole;
    return { mount, json: { role_id: roleId, secret_id: await supplied(secretId) } };
  }
  const {
    role,
    mount = "kubernetes",
    tokenFile = "/var/run/secrets/kubernetes.io/serviceaccount/token",
  } = auth.kubernetes;
  const jwt = await readSecretFile(tokenFile);
  if (jwt === undefined) throw new Error(`there is no ${tokenFile}`);
  return { mount, json: { role, jwt } };
}

/** A path of a URL, each part of it escaped; nothing leads upwards. */
function segments(text: string): string {
  const parts = text.split("/").filter((part) => part !== "");
  if (parts.length === 0 || parts.some((part) => part === "." || part === ".."))
    throw new RangeError(`"${text}" is no path in a Vault`);
  return parts.map(encodeURIComponent).join("/");
}
