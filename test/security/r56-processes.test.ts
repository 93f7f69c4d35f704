import { spawn } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { hostname, tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { fileStore } from "@sallyport/runtime/client/oauth/node";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { json, startOrigin } from "../support/client.js";
import { startProvider } from "../support/provider.js";

let folder: string;
let file: string;
const closing: (() => Promise<void>)[] = [];

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "tokens-"));
  file = path.join(folder, "session.json");
});
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
  rmSync(folder, { recursive: true, force: true });
});

const script = fileURLToPath(new URL("../support/session-process.ts", import.meta.url));

function run(...args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const flags = ["--conditions=sallyport-source", "--import", "tsx"];
    const child = spawn(process.execPath, [...flags, script, ...args], { stdio: ["ignore", "pipe", "inherit"] });
    let out = "";
    child.stdout.on("data", (chunk: Buffer) => {
      out += chunk;
    });
    child.on("error", reject).on("close", () => resolve(out));
  });
}

/** The pid of a process that has ended. */
async function deadPid(): Promise<number> {
  const child = spawn(process.execPath, ["-e", ""]);
  await new Promise((done) => child.on("close", done));
  return child.pid ?? 0;
}

const never = new AbortController().signal;

describe("R56 processes that share a session", () => {
  it("R56 four processes on one spent access token make one refresh at a real provider, and the session lives on", async () => {
    const provider = await startProvider({ clients: [{ id: "app", secret: "s", scope: "read" }] });
    const api = await startOrigin((_request, response) => json(response, 200, {}));
    closing.push(provider.close, api.close);
    const store = fileStore(file);
    await store.save({ refreshToken: await provider.refreshToken({ client: "app", account: "ann", scope: "read" }) });
    const start = String(Date.now() + 6_000);
    const outcomes = await Promise.all(Array.from({ length: 4 }, () => run(file, provider.issuer, api.url, start)));
    expect(outcomes).toEqual(["ok", "ok", "ok", "ok"]);
    expect(provider.tokenRequests()).toBe(1);
    expect(new Set(api.requests.map(({ headers }) => headers.authorization)).size).toBe(1);
    const { refreshToken = "" } = (await store.load()) ?? {};
    await store.save({ refreshToken });
    expect(await run(file, provider.issuer, api.url)).toBe("ok");
    expect(provider.tokenRequests()).toBe(2);
    expect(readdirSync(folder)).toEqual(["session.json"]);
  }, 60_000);

  it("R56 a lock of a process that died is taken over; one of a living process is waited for", async () => {
    const store = fileStore(file);
    const lock = `${file}.lock`;
    writeFileSync(lock, JSON.stringify({ id: "x", pid: await deadPid(), host: hostname() }));
    expect(await store.exclusively?.(async () => "in", never)).toBe("in");
    expect(existsSync(lock)).toBe(false);
    writeFileSync(lock, JSON.stringify({ id: "x", pid: process.pid, host: hostname() }));
    const late = store.exclusively?.(async () => "in", AbortSignal.timeout(150));
    await expect(late).rejects.toThrow();
    expect(existsSync(lock)).toBe(true);
  });

  it("R56 of many who find a dead lock, one at a time works", async () => {
    writeFileSync(`${file}.lock`, JSON.stringify({ id: "x", pid: await deadPid(), host: hostname() }));
    const store = fileStore(file);
    let [inside, most] = [0, 0];
    const work = async () => {
      inside += 1;
      most = Math.max(most, inside);
      await new Promise((wait) => setTimeout(wait, 2));
      inside -= 1;
    };
    await Promise.all(Array.from({ length: 20 }, () => store.exclusively?.(work, never)));
    expect(most).toBe(1);
  });
});

describe("tokens in a file", () => {
  it("are for their owner alone, replaced as a whole, and gone when cleared", async () => {
    const store = fileStore(file);
    expect(await store.load()).toBeUndefined();
    await store.save({ refreshToken: "r1" });
    await store.save({ refreshToken: "r2" });
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(JSON.parse(readFileSync(file, "utf8"))).toEqual({ refreshToken: "r2" });
    expect(readdirSync(folder)).toEqual(["session.json"]);
    await store.clear();
    expect(await store.load()).toBeUndefined();
  });

  it("are refused where others can read them, or where there are none", async () => {
    const store = fileStore(file);
    writeFileSync(file, "{}", { mode: 0o600 });
    chmodSync(file, 0o640);
    await expect(store.load()).rejects.toThrow("can be read by others");
    chmodSync(file, 0o600);
    writeFileSync(file, "7");
    await expect(store.load()).rejects.toThrow("holds no tokens");
  });
});
