// What every server of this bench shares: the objects, where audit lines go, and how the bench talks to it.

import { openSync, writeSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";

/** What the bench says of the tokens: issuer, audience, the public key as PEM and JWK, and where the JWKS is. */
export const facts = JSON.parse(process.env.BENCH_FACTS ?? "{}");

const account = { id: "a1", ownerId: "user-1", balance: 1200, currency: "EUR", internalRating: 7 };
const accounts = new Map([[account.id, account]]);

export const find = (id) => accounts.get(id);

/** What may leave: the property that the spec does not name stays inside. */
export const shown = ({ id, ownerId, balance, currency }) => ({ id, ownerId, balance, currency });

let payments = 0;

/** Makes a payment; as with accounts, more is known of it than is told. */
export const pay = ({ amount, currency }) => ({ id: `p${payments++}`, amount, currency, state: "accepted", risk: 3 });

export const shownPayment = ({ id, amount, currency, state }) => ({ id, amount, currency, state });

const sink = openSync("/dev/null", "w");
let lines = "";

/** Writes what a server gathers by itself, once a turn as well. */
export const writeLines = (text) => void writeSync(sink, text);

/** Audit lines, written once a turn of the event loop for everybody: a system call a line would hide what else there is to see. */
export function writeLine(line) {
  if (lines === "") setImmediate(flush);
  lines += line;
}

function flush() {
  writeSync(sink, lines);
  lines = "";
}

/** The audit line of a server whose framework has none. */
export function remember(event, principal, subject) {
  writeLine(`${JSON.stringify({ at: new Date().toISOString(), event, principal, subject })}\n`);
}

/** Loads a package that only the benches have. */
export async function peer(name) {
  const require = createRequire(fileURLToPath(new URL("../../../.cache/bench/server/package.json", import.meta.url)));
  return import(pathToFileURL(require.resolve(name)).href);
}

/**
 * Tells the bench the port, and from then on what this process has cost so far.
 * @param calls where a server does not keep to the paths and bodies of the spec: its own.
 */
export function ready(port, calls = {}) {
  process.on("message", () => {
    const { user, system } = process.cpuUsage();
    process.send({ micros: user + system });
  });
  process.on("disconnect", () => process.exit(0));
  process.send({ port, calls });
}
