import { generateKeyPairSync } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { show } from "../../code/frame.js";
import { usageFault } from "../keys/usage.js";
import type { Streams } from "../print.js";
import { reporting } from "../report.js";
import { commandFault } from "./fault.js";
import { certificateOf } from "./handshake.js";
import { type PinnedKey, pinOfCertificate, pinOfFile, pinOfKey } from "./key.js";

/** What `pin` takes. */
export interface PinFlags {
  readonly from: readonly string[];
  readonly newKey?: string | undefined;
  readonly ca?: string | undefined;
  readonly servername?: string | undefined;
  readonly json?: boolean | undefined;
}

/** Milliseconds that a server has to show its certificate. */
const patience = 10_000;

/** `sallyport pin`: the pins of servers, certificates and keys, as the spec takes them. The first is the current one. */
export function runPin(flags: PinFlags, streams: Streams, cwd: string): Promise<number> {
  return reporting(streams, cwd, async () => {
    const keys: PinnedKey[] = [];
    for (const from of flags.from) keys.push(await pinFrom(from, flags, cwd));
    if (flags.newKey !== undefined) keys.push(makeKey(flags.newKey, cwd));
    streams.out(flags.json === true ? `${JSON.stringify(keys, undefined, 2)}\n` : annotationOf(keys));
    if (new Set(keys.map(({ pin }) => pin)).size < 2) streams.err(loneKey);
    return 0;
  });
}

const loneKey =
  "This is one key. A client wants two: give the certificate or key that will follow it too, or make one with --new-key FILE.\n";

async function pinFrom(from: string, { ca, servername }: PinFlags, cwd: string): Promise<PinnedKey> {
  if (/^[a-z][a-z0-9+.-]+:\/\//i.test(from)) {
    const url = httpsUrl(from);
    const authorities = ca === undefined ? undefined : contentOf(ca, cwd).toString("utf8");
    return pinOfCertificate(await certificateOf(url, { ca: authorities, servername, timeout: patience }));
  }
  const key = pinOfFile(contentOf(from, cwd));
  if (key !== undefined) return key;
  throw commandFault(
    "SP096",
    `${show(from)} holds no certificate and no key.`,
    "Give a certificate in PEM or DER, or a key in PEM without a password.",
  );
}

function httpsUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === "https:" && url.username === "" && url.password === "") return url;
  throw usageFault("SP094", `${show(text)} is no https URL of a server.`, "Write https://api.example.com, or a file.");
}

function contentOf(file: string, cwd: string): Buffer {
  try {
    return readFileSync(path.resolve(cwd, file));
  } catch (error) {
    const reason = error instanceof Error && "code" in error ? String(error.code) : "it cannot be read";
    throw commandFault("SP096", `${show(file)} cannot be read: ${reason}.`, "Give the file of a certificate or key.");
  }
}

/** A backup key for the next certificate. It is written before its pin is shown, and never over another file. */
function makeKey(file: string, cwd: string): PinnedKey {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  try {
    const pem = privateKey.export({ type: "pkcs8", format: "pem" });
    writeFileSync(path.resolve(cwd, file), pem, { flag: "wx", mode: 0o600 });
  } catch (error) {
    const reason = error instanceof Error && "code" in error ? String(error.code) : "unknown";
    throw commandFault(
      "SP097",
      `The new key cannot be written to ${show(file)}: ${reason}.`,
      "Name a file that does not exist yet, in a folder that you may write to.",
    );
  }
  const { pin, about } = pinOfKey(privateKey);
  return { pin, about: `${about}, in ${file}: keep it offline until it is needed` };
}

function annotationOf(keys: readonly PinnedKey[]): string {
  const lines = keys.map(
    ({ pin, about }, index) => `      - ${pin} # ${index === 0 ? "current" : "backup"}: ${show(about)}`,
  );
  return ["x-sallyport:", "  tls:", "    pins:", ...lines, ""].join("\n");
}
