import { readFile } from "node:fs/promises";
import { Secret } from "../secrets/secret.js";
import { type Protocols, pemText, type ServerTls } from "./tls-server.js";

/** A certificate and its key as files. Whoever renews them replaces the files, and nothing needs to be started again. */
export interface TlsFiles extends Protocols {
  readonly files: {
    /** Certificate chain in PEM. */
    readonly cert: string;
    /** Key in PEM. */
    readonly key: string;
    /** Authorities in PEM whose client certificates are trusted. */
    readonly clientCa?: string;
  };
  /** Milliseconds after which the files are looked at again; 60,000 where absent. */
  readonly every?: number;
}

/** Whether a certificate is in files. */
function isInFiles(tls: ServerTls | TlsFiles): tls is TlsFiles {
  return "files" in tls;
}

/** Reads the files as they are now. */
async function readTls({ files, minVersion, http2 }: TlsFiles): Promise<ServerTls> {
  const [cert, key, clientCa] = await Promise.all(
    [files.cert, files.key, files.clientCa].map((path) => (path === undefined ? undefined : readFile(path, "utf8"))),
  );
  return {
    cert: cert ?? "",
    key: key ?? "",
    ...(clientCa === undefined ? {} : { clientCa }),
    ...(minVersion === undefined ? {} : { minVersion }),
    ...(http2 === undefined ? {} : { http2 }),
  };
}

/** Whether what a server is told may be another the next time that somebody looks. */
export function isChanging(tls: ServerTls | TlsFiles): boolean {
  return isInFiles(tls) || tls.cert instanceof Secret || tls.key instanceof Secret;
}

/** The certificate and key as they are now. */
export async function currentTls(tls: ServerTls | TlsFiles): Promise<ServerTls> {
  return isInFiles(tls) ? readTls(tls) : { ...tls, cert: pemText(tls.cert), key: pemText(tls.key) };
}

/**
 * Looks at files and secrets again and again. Files are read, not watched: a mounted secret is renewed by a link that changes, of which a
 * watcher hears nothing.
 * @param apply takes what is new, and throws where certificate and key do not belong together: it is tried again the next time.
 * @returns ends it.
 */
export function followTls(tls: ServerTls | TlsFiles, first: ServerTls, apply: (tls: ServerTls) => void): () => void {
  let current = textOf(first);
  const look = async () => {
    const next = await currentTls(tls);
    const text = textOf(next);
    if (text === current) return;
    apply(next);
    current = text;
  };
  const timer = setInterval(() => void look().catch(warn), tls.every ?? 60_000);
  timer.unref();
  return () => clearInterval(timer);
}

function textOf({ cert, key, clientCa }: ServerTls): string {
  return JSON.stringify([pemText(cert), pemText(key), clientCa]);
}

/** The certificate that is there goes on being served; whoever runs the server should hear of it before it expires. */
function warn(cause: unknown): void {
  const reason = cause instanceof Error ? cause.message : String(cause);
  process.emitWarning(`A new certificate cannot be used: ${reason}`, { code: "SALLYPORT_CERTIFICATE" });
}
