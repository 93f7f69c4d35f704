/**
 * All addresses of a host's name, none where there is no such name. It throws where that cannot be found out; nothing is called then.
 * `signal` is aborted when nobody waits any more.
 */
export type Resolve = (host: string, context: { readonly signal: AbortSignal }) => Promise<readonly string[]>;

/** What DNS answers where there is no such name, or no such record of it, or where nothing could be called so. */
const noName = new Set(["ENOTFOUND", "ENODATA", "EBADNAME"]);

/**
 * Asks the name servers of the system; `undefined` where there is nobody to ask. It asks them itself: the C library would take a thread of the
 * pool for each name, and whoever runs a slow name server of his own could take them all.
 */
export function systemResolve(): Resolve | undefined {
  const dns = builtIn("node:dns");
  if (dns === undefined) return undefined;
  return async (host, { signal }) => {
    // RFC 6761, 6.3: it is always this machine.
    if (host === "localhost") return ["127.0.0.1", "::1"];
    const resolver = new dns.promises.Resolver({ timeout: 2_000, tries: 2 });
    const cancel = () => resolver.cancel();
    signal.addEventListener("abort", cancel, { once: true });
    try {
      const asked = await Promise.all([known(resolver.resolve4(host)), known(resolver.resolve6(host))]);
      return asked.flat();
    } finally {
      signal.removeEventListener("abort", cancel);
    }
  };
}

async function known(asked: Promise<readonly string[]>): Promise<readonly string[]> {
  try {
    return await asked;
  } catch (thrown) {
    if (thrown instanceof Error && "code" in thrown && noName.has(String(thrown.code))) return [];
    throw thrown;
  }
}

interface Dns {
  readonly promises: {
    readonly Resolver: new (options: {
      readonly timeout: number;
      readonly tries: number;
    }) => {
      readonly resolve4: (host: string) => Promise<readonly string[]>;
      readonly resolve6: (host: string) => Promise<readonly string[]>;
      readonly cancel: () => void;
    };
  };
}

/** A module of Node's, where there is Node: this also runs where an import of it would fail. */
function builtIn(name: string): Dns | undefined {
  const { process } = globalThis as { readonly process?: { readonly getBuiltinModule?: (name: string) => unknown } };
  return process?.getBuiltinModule?.(name) as Dns | undefined;
}
