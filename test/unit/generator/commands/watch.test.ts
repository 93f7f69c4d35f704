import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, expect, it } from "vitest";

const root = fileURLToPath(new URL("../../../..", import.meta.url));
const spec = (title: string, extra = "") =>
  `openapi: 3.1.1\ninfo: {title: ${title}, version: "1"}\npaths: {}\n${extra}components: {schemas: {A: {type: string}}}\n`;

let folder = "";
let child: ChildProcess | undefined;
afterEach(() => {
  child?.kill("SIGKILL");
  rmSync(folder, { recursive: true, force: true });
});

it("--watch generates on every change, survives a mistake and stops cleanly on SIGINT", async () => {
  folder = mkdtempSync(path.join(tmpdir(), "sallyport-watch-"));
  const file = path.join(folder, "spec.yaml");
  writeFileSync(file, spec("One"));
  const cli = [
    "--conditions=sallyport-source",
    "--import",
    import.meta.resolve("tsx"),
    path.join(root, "generator/cli.ts"),
  ];
  const args = ["generate", "spec.yaml", "-o", "out", "--only", "policy", "--watch"];
  const started = spawn(process.execPath, [...cli, ...args], { cwd: folder, stdio: ["ignore", "pipe", "pipe"] });
  child = started;
  const said: string[] = [];
  started.stdout.on("data", (text) => said.push(String(text)));
  started.stderr.on("data", (text) => said.push(String(text)));
  const all = () => said.join("");
  const exit = new Promise<number | null>((resolve) => started.on("exit", resolve));

  await until(() => all().includes("Watching"), all);
  const policy = path.join(folder, "out/policy.ts");
  expect(readFileSync(policy, "utf8")).toContain('"One"');

  writeFileSync(file, spec("Two"));
  await until(() => readFileSync(policy, "utf8").includes('"Two"'), all);

  writeFileSync(file, spec("Three", "tags: [\n"));
  await until(() => /SP\d{3}/.test(all()), all);
  expect(readFileSync(policy, "utf8")).toContain('"Two"');

  writeFileSync(file, spec("Four"));
  await until(() => readFileSync(policy, "utf8").includes('"Four"'), all);

  started.kill("SIGINT");
  expect(await exit).toBe(0);
  expect(existsSync(policy)).toBe(true);
}, 240_000);

async function until(holds: () => boolean, said: () => string): Promise<void> {
  const end = Date.now() + 90_000;
  while (!holds()) {
    if (Date.now() > end) throw new Error(`it did not happen. It said: ${said()}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
