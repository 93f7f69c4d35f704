import { importInstalled } from "./installed.js";

/** What is remembered of a key, as far as it is shown. */
export interface KeyRecord {
  readonly id: string;
  readonly scheme?: string;
  readonly owner: string;
  readonly tenant?: string;
  readonly client?: string;
  readonly scopes?: readonly string[];
  readonly roles?: readonly string[];
  readonly createdAt: number;
  readonly expiresAt?: number;
  readonly revokedAt?: number;
  readonly replacedBy?: string;
  readonly lastUsedAt?: number;
}

/** What the spec says about keys, in the words of the runtime. */
export interface KeyTerms {
  readonly prefix?: string;
  readonly entropyBits: number;
  readonly hash: "sha256" | "hmac-sha256";
  readonly expires: "required" | "optional";
  readonly rotation?: { readonly maxAge: `${number}d`; readonly overlap: `${number}d` };
}

/** How keys are made and judged. */
export interface KeyMaking {
  readonly scheme: string;
  readonly rules: KeyTerms;
  readonly pepper?: readonly string[];
}

/** Who does something to a key, and where that is written down. */
export interface KeyAct {
  readonly actor: string;
  readonly audit?: { readonly write: (line: object) => void };
}

/** A store of keys: the part of it that is asked here; the rest goes back to the runtime. */
export interface KeyStore {
  readonly find: (id: string) => KeyRecord | undefined | Promise<KeyRecord | undefined>;
  readonly list: (filter: { readonly owner?: string }) => readonly KeyRecord[] | Promise<readonly KeyRecord[]>;
}

interface Issued {
  readonly key: string;
  readonly id: string;
}

/**
 * What of `@sallyport/runtime` is called: keys are made, judged and ended by the code that the server runs, of the version that the
 * user has. test/types/keys.ts holds the two together.
 */
export interface KeyRuntime<Store> {
  readonly createApiKey: (
    wanted: KeyMaking &
      KeyAct &
      Pick<KeyRecord, "owner" | "tenant" | "client" | "scopes" | "roles" | "expiresAt"> & { readonly store: Store },
  ) => Promise<Issued>;
  readonly rotateApiKey: (
    wanted: KeyMaking &
      KeyAct & { readonly store: Store; readonly id: string; readonly expiresAt?: number; readonly overlap?: number },
  ) => Promise<Issued | undefined>;
  readonly revokeApiKey: (wanted: KeyAct & { readonly store: Store; readonly id: string }) => Promise<boolean>;
  readonly verifyApiKey: (
    options: KeyMaking & { readonly store: Store },
    key: string,
  ) => Promise<
    { readonly valid: true; readonly record: KeyRecord } | { readonly valid: false; readonly reason: string }
  >;
}

/** A database client of pg's shape. */
export interface SqlClient {
  readonly query: (text: string, values?: unknown[]) => Promise<{ readonly rows: readonly unknown[] }>;
}

/** What opens a store in a database. */
export interface PostgresRuntime<Store> {
  readonly postgresKeys: (client: SqlClient) => Promise<Store>;
}

/** The parts of the runtime that the user has installed. */
export async function loadRuntime(cwd: string): Promise<KeyRuntime<KeyStore> & PostgresRuntime<KeyStore>> {
  const server = await importInstalled("@sallyport/runtime/server", cwd);
  const postgres = await importInstalled("@sallyport/runtime/postgres", cwd);
  return { ...server, ...postgres } as unknown as KeyRuntime<KeyStore> & PostgresRuntime<KeyStore>;
}
