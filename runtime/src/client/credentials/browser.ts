import { finishSignIn, type PendingSignIn, type PendingStore, type SignInOptions, startSignIn } from "./sign-in.js";
import type { TokenStore, Tokens } from "./tokens.js";

/** How tokens are kept in a browser. */
export interface BrowserStoreOptions {
  /** Default: `sallyport`. */
  readonly name?: string;
  /** Default: the tab's `sessionStorage`. */
  readonly storage?: Storage;
  /** Leaves the warning out: say so only where no script of others runs on the page. */
  readonly anyScriptMayReadIt?: true;
}

/**
 * Tokens in the browser's storage. Every script of the page can read them, and send them away: a server of one's own that keeps them, and
 * a cookie, is safer (draft-ietf-oauth-browser-based-apps, 6). So it warns, once. Tabs that share a storage refresh one at a time.
 */
export function browserStore(options: BrowserStoreOptions = {}): TokenStore {
  const { name = "sallyport", storage = globalThis.sessionStorage } = options;
  if (options.anyScriptMayReadIt !== true)
    console.warn("Tokens in the browser's storage can be read by every script of the page (anyScriptMayReadIt)");
  return {
    load: () => parsed<Tokens>(storage.getItem(name)),
    save: (tokens) => storage.setItem(name, JSON.stringify(tokens)),
    clear: () => storage.removeItem(name),
    // Web Locks are for pages of secure origins: elsewhere the store is one tab's.
    ...(globalThis.navigator?.locks === undefined ? {} : { exclusively: locked(name) }),
  };
}

function locked(name: string): NonNullable<TokenStore["exclusively"]> {
  return <T>(work: () => Promise<T>, signal: AbortSignal) =>
    navigator.locks.request(`${name} tokens`, { signal }, work) as Promise<T>;
}

/** Sign-ins of this tab: they outlive the page, and not the tab. */
export function browserPending(storage: Storage = globalThis.sessionStorage): PendingStore {
  const keyOf = (state: string) => `sallyport sign-in ${state}`;
  return {
    save: (pending) => storage.setItem(keyOf(pending.state), JSON.stringify(pending)),
    take: (state) => {
      const text = storage.getItem(keyOf(state));
      storage.removeItem(keyOf(state));
      return parsed<PendingSignIn>(text);
    },
  };
}

/** How a page has its user sign in. `redirectUri` is a page of its own origin, which calls `comeBack`. */
export type PageOptions = Omit<SignInOptions, "pending">;

/** Leaves the page to sign in. */
export async function leaveToSignIn(options: PageOptions): Promise<void> {
  globalThis.location.assign(await startSignIn({ ...options, pending: browserPending() }));
}

/**
 * Ends the sign-in when the user has come back: `undefined` where the page was opened otherwise. The code leaves the address bar and the
 * history before it is used.
 */
export async function comeBack(options: PageOptions): Promise<Tokens | undefined> {
  const landed = new URL(globalThis.location.href);
  const isAnswer =
    landed.searchParams.has("state") && (landed.searchParams.has("code") || landed.searchParams.has("error"));
  if (!isAnswer) return undefined;
  globalThis.history.replaceState(null, "", landed.pathname);
  return finishSignIn({ ...options, pending: browserPending() }, landed);
}

function parsed<T>(text: string | null): T | undefined {
  return text === null ? undefined : (JSON.parse(text) as T);
}
