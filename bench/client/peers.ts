import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { installPeers, nodeBinary, peer, root } from "../generate/peers.js";

/** Where peers are installed and clients are generated: never committed. */
export const work = path.join(root, ".cache", "bench", "client");

/** The newest that this Node can run. */
const versions: Readonly<Record<string, string>> = {
  axios: "1.21.1",
  "axios-retry": "4.5.0",
  got: "14.6.5",
  "openapi-fetch": "0.17.0",
};

/** Installs the peers, without running a script of theirs, and has the clients generated: ours and hey-api's. */
export function prepare(): void {
  installCallers();
  const spec = path.join(root, "bench", "client", "spec.yaml");
  execFileSync(process.execPath, ["dist/cli.js", "generate", spec, "-o", path.join(work, "generated")], {
    cwd: root,
    stdio: ["ignore", 2, 2],
  });
  if (existsSync(path.join(work, "hey-api", "sdk.gen.ts"))) return;
  installPeers();
  const flags = ["-i", spec, "-o", path.join(work, "hey-api"), "-c", "@hey-api/client-fetch", "--silent"];
  execFileSync(nodeBinary(), [path.join(peer("@hey-api/openapi-ts"), "bin", "run.js"), ...flags], {
    cwd: work,
    stdio: ["ignore", 2, 2],
  });
}

export function versionOf(name: string): string {
  return JSON.parse(readFileSync(path.join(work, "node_modules", name, "package.json"), "utf8")).version;
}

function installCallers(): void {
  if (Object.keys(versions).every((name) => existsSync(path.join(work, "node_modules", name)))) return;
  mkdirSync(work, { recursive: true });
  const manifest = { private: true, type: "module", dependencies: versions };
  writeFileSync(path.join(work, "package.json"), `${JSON.stringify(manifest, null, 2)}\n`);
  const flags = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
  execFileSync("npm", ["install", ...flags], { cwd: work, stdio: ["ignore", 2, 2] });
}
