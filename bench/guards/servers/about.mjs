// What every server of this bench shares: the object, where audit lines go, and how the bench talks to it.

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

const sink = openSync("/dev/null", "w");

/** An audit line, written as everybody writes one. */
export const writeLine = (line) => void writeSync(sink, line);

/** Loads a package that only the benches have. */
export async function peer(name) {
  const require = createRequire(fileURLToPath(new URL("../../../.cache/bench/guards/package.json", import.meta.url)));
  return import(pathToFileURL(require.resolve(name)).href);
}

/** Tells the bench the port, and from then on what this process has cost so far. */
export function ready(port) {
  process.on("message", () => {
    const { user, system } = process.cpuUsage();
    process.send({ micros: user + system });
  });
  process.on("disconnect", () => process.exit(0));
  process.send({ port });
}
