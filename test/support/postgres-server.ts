import { spawn, spawnSync } from "node:child_process";
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import path from "node:path";

/** A PostgreSQL cluster of a test's own, on a Unix socket. */
export interface Cluster {
  readonly config: { readonly host: string; readonly user: string; readonly database: string };
  readonly url: string;
  readonly stop: () => Promise<void>;
}

const debian = "/usr/lib/postgresql";

/** The folder of the server's programs, where this machine has them. */
export function postgresBin(): string | undefined {
  const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : [];
  const places = [
    process.env.POSTGRES_BIN ?? "",
    ...versions.map((version) => path.join(debian, version, "bin")),
    ...(process.env.PATH ?? "").split(path.delimiter),
  ];
  return places.find((place) => place !== "" && existsSync(path.join(place, "initdb")));
}

/** The server refuses to run as root, so root lends it to somebody who may do nothing else. */
function runner(): { readonly uid?: number; readonly gid?: number } {
  if (process.getuid?.() !== 0) return {};
  const ids = ["postgres", "nobody"].map((name) => ["-u", "-g"].map((flag) => Number(run("id", [flag, name]).stdout)));
  const found = ids.find(([uid]) => uid !== undefined && uid > 0);
  return found === undefined ? {} : { uid: found[0] ?? 0, gid: found[1] ?? 0 };
}

const run = (command: string, args: readonly string[], as: object = {}) =>
  spawnSync(command, args, { encoding: "utf8", cwd: "/", ...as });

/** Starts a cluster in a folder of its own; `stop` ends it and removes the folder. */
export async function startPostgres(bin: string): Promise<Cluster> {
  const as = runner();
  // Not os.tmpdir(): the path of a Unix socket holds a hundred characters at most.
  const folder = mkdtempSync("/tmp/sallyport-pg-");
  if (as.uid !== undefined && as.gid !== undefined) chownSync(folder, as.uid, as.gid);
  const data = path.join(folder, "data");
  const made = run(
    path.join(bin, "initdb"),
    ["-D", data, "-U", "test", "-A", "trust", "-N", "--locale=C", "-E", "UTF8"],
    as,
  );
  if (made.status !== 0) throw new Error(`initdb: ${made.error?.message ?? made.stderr}`);
  const settings = { listen_addresses: "", unix_socket_directories: folder, fsync: "off", max_connections: "20" };
  const flags = Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  const server = spawn(path.join(bin, "postgres"), ["-D", data, ...flags], {
    cwd: "/",
    stdio: ["ignore", "ignore", "pipe"],
    ...as,
  });
  const ended = new Promise<void>((resolve) => server.once("exit", () => resolve()));
  await ready(server.stderr, ended);
  return {
    config: { host: folder, user: "test", database: "postgres" },
    url: `postgres://test@localhost/postgres?host=${encodeURIComponent(folder)}`,
    stop: async () => {
      // "Smart": clients that are leaving may leave. "Fast", for one that stays, throws it out.
      server.kill("SIGTERM");
      const hurry = setTimeout(() => server.kill("SIGINT"), 10_000);
      await ended;
      clearTimeout(hurry);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function ready(log: NodeJS.ReadableStream, ended: Promise<void>): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = "";
    log.on("data", (chunk) => {
      said += String(chunk);
      if (said.includes("ready to accept connections")) resolve();
    });
    void ended.then(() => reject(new Error(`postgres ended: ${said}`)));
  });
}
