import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { main } from "../../../../generator/cli.js";
import { again } from "../../../../generator/commands/again.js";
import { reporting } from "../../../../generator/commands/report.js";
import { version } from "../../../../generator/generate.js";

const ledger = fileURLToPath(new URL("../../../golden/ledger/spec.yaml", import.meta.url));

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "sallyport-cli-"));
  cpSync(ledger, path.join(folder, "spec.yaml"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function run(...args: string[]) {
  const out: string[] = [];
  const err: string[] = [];
  const streams = { out: (text: string) => out.push(text), err: (text: string) => err.push(text), colour: false };
  const code = await main(args, streams, folder);
  return { code, out: out.join(""), err: err.join("") };
}

const at = (...parts: string[]) => path.join(folder, ...parts);
const edit = (name: string, from: string, to: string) =>
  writeFileSync(at(name), readFileSync(at(name), "utf8").replace(from, to));

describe("generate", () => {
  it("writes the files and says so, and nothing the second time", async () => {
    const first = await run("generate", "spec.yaml", "-o", "out");
    expect(first.err).toBe("");
    expect(first.code).toBe(0);
    expect(first.out).toContain("written  server.ts");
    expect(readdirSync(at("out")).sort()).toEqual([
      ".env.example",
      "client.ts",
      "env.ts",
      "manifest.json",
      "policy.ts",
      "schemas.ts",
      "server.ts",
      "trpc.ts",
      "types.ts",
      "wire.ts",
    ]);
    expect((await run("generate", "spec.yaml", "-o", "out")).out).toBe("10 unchanged\nin out\n");
  });

  it("typed again with nothing to do says the same, and is not parsed; whatever changes, it is", async () => {
    mkdirSync(at("node_modules"));
    edit("spec.yaml", "openapi:", "x-unknown: 1\nopenapi:");
    edit("spec.yaml", "components:", "components:\n  x-note: { default: 1 }");
    const line = ["generate", "spec.yaml", "-o", "out"];
    await run(...line);
    const second = await run(...line);
    const streams = { out: vi.fn(), err: vi.fn(), colour: false };
    expect(again(line, streams, folder)).toBe(0);
    expect(streams.out.mock.calls.join("")).toBe(second.out);
    expect(streams.err.mock.calls.join("")).toBe(second.err);
    expect(await run("check", "spec.yaml", "-o", "out")).toEqual({ code: 0, out: "", err: "" });
    expect(again(["check", "spec.yaml", "-o", "out"], streams, folder)).toBe(0);
    const isKnown = () => again(line, { ...streams, colour: false }, folder) === 0;
    const changes: readonly (readonly [string, () => void])[] = [
      ["a configuration has a say", () => writeFileSync(at("sallyport.config.mjs"), "export default {}")],
      ["the description changed", () => edit("spec.yaml", "openapi:", "# new\nopenapi:")],
      ["an emitted file was edited", () => edit("out/policy.ts", "export", "export ")],
      ["an emitted file is gone", () => rmSync(at("out/client.ts"))],
      ["nothing is remembered", () => rmSync(at("node_modules/.cache"), { recursive: true })],
    ];
    for (const [what, change] of changes) {
      expect(isKnown(), what).toBe(true);
      change();
      expect(isKnown(), what).toBe(false);
      rmSync(at("sallyport.config.mjs"), { force: true });
      await run(...line);
    }
    expect(again(line, { ...streams, colour: true }, folder)).toBeUndefined();
    expect(again([...line, "--dry-run"], streams, folder)).toBeUndefined();
  });

  it("--dry-run writes nothing and says what it would", async () => {
    const { code, out } = await run("generate", "spec.yaml", "-o", "out", "--dry-run");
    expect(code).toBe(0);
    expect(out).toContain("would write  server.ts");
    expect(existsSync(at("out"))).toBe(false);
  });

  it("--only writes what is named and what that imports, and removes the rest", async () => {
    await run("generate", "spec.yaml", "-o", "out");
    expect((await run("generate", "spec.yaml", "-o", "out", "--only", "client")).code).toBe(0);
    expect(readdirSync(at("out")).sort()).toEqual(["client.ts", "manifest.json", "policy.ts", "types.ts", "wire.ts"]);
  });

  it("prints every problem with its place, a frame and a fix, and writes nothing: 1", async () => {
    edit("spec.yaml", "- oidc: [accounts:read]", "- odic: [accounts:read]");
    edit("spec.yaml", "components/schemas/NewPayment", "components/schemas/OldPayment");
    const { code, out, err } = await run("generate", "spec.yaml", "-o", "out");
    expect(code).toBe(1);
    expect(out).toBe("");
    expect(err).toMatch(/^spec\.yaml:\d+:\d+ SP\d{3} /m);
    expect(err).toMatch(/^> +\d+ \| /m);
    expect(err).toMatch(/docs\/diagnostics\.md#sp\d{3}/);
    expect(err).not.toMatch(/^ +at .+:\d+:\d+\)?$/m);
    expect(existsSync(at("out"))).toBe(false);
  });

  it("leaves a file alone that it did not write: 2", async () => {
    mkdirSync(at("out"));
    writeFileSync(at("out", "server.ts"), "mine");
    const { code, err } = await run("generate", "spec.yaml", "-o", "out");
    expect(code).toBe(2);
    expect(err).toContain("SP075");
    expect(readdirSync(at("out"))).toEqual(["server.ts"]);
  });

  it("says that the spec is missing", async () => {
    const { code, err } = await run("generate", "nowhere.yaml", "-o", "out");
    expect(code).toBeGreaterThan(0);
    expect(err).toContain("nowhere.yaml");
  });
});

describe("--also", () => {
  const webhooks = fileURLToPath(new URL("../../../golden/webhooks/spec.yaml", import.meta.url));
  it("writes folders for what the API calls, and without it there are none", async () => {
    cpSync(webhooks, at("hooks.yaml"));
    expect((await run("generate", "hooks.yaml", "-o", "out", "--also", "webhooks,callbacks")).code).toBe(0);
    expect(readdirSync(at("out", "webhooks"))).toContain("send.ts");
    expect(readdirSync(at("out", "callbacks"))).toContain("send.ts");
    const without = await run("generate", "hooks.yaml", "-o", "plain");
    expect(without.code).toBe(1);
    expect(without.err).toContain("SP902");
  });

  it("knows webhooks and callbacks, and nothing else: 2", async () => {
    const { code, err } = await run("generate", "spec.yaml", "-o", "out", "--also", "everything");
    expect(code).toBe(2);
    expect(err).toContain("everything");
    expect(existsSync(at("out"))).toBe(false);
  });
});

describe("--allow-ref", () => {
  it("lets references go to the origins that it names, and nowhere else", async () => {
    let asked = 0;
    const server = createServer((socket) => {
      asked++;
      socket.destroy();
    });
    await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
    const origin = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
    edit("spec.yaml", "#/components/schemas/NewPayment", `${origin}/parts.yaml#/NewPayment`);
    const refused = await run("generate", "spec.yaml", "-o", "out");
    expect([refused.code, asked]).toEqual([1, 0]);
    expect(refused.err).toContain(`--allow-ref ${origin}`);
    const other = await run("generate", "spec.yaml", "-o", "out", "--allow-ref", "https://schemas.example.com");
    expect([other.code, asked]).toEqual([1, 0]);
    const allowed = await run("generate", "spec.yaml", "-o", "out", "--allow-ref", origin);
    expect(allowed.code).toBe(1);
    expect(asked).toBeGreaterThan(0);
    expect(allowed.err).not.toContain("--allow-ref");
    server.close();
  });

  it.each(["http://schemas.example.com", "https://schemas.example.com/path", "schemas.example.com"])(
    "%s is no origin: 2",
    async (origin) => {
      const { code, err } = await run("generate", "spec.yaml", "-o", "out", "--allow-ref", origin);
      expect(code).toBe(2);
      expect(err).toContain(origin);
    },
  );
});

describe("check", () => {
  it("is 0 when nothing would change, and 3 with the diff when something would", async () => {
    await run("generate", "spec.yaml", "-o", "out");
    expect(await run("check", "spec.yaml", "-o", "out")).toEqual({ code: 0, out: "", err: "" });
    edit("spec.yaml", "- oidc: [accounts:read]", "- oidc: [accounts:write]");
    const before = readFileSync(at("out", "policy.ts"), "utf8");
    const { code, out, err } = await run("check", "spec.yaml", "-o", "out");
    expect(code).toBe(3);
    expect(out).toContain("--- policy.ts");
    expect(out).toMatch(/^-.*accounts:read/m);
    expect(out).toMatch(/^\+.*accounts:write/m);
    expect(err).toContain("sallyport generate");
    expect(readFileSync(at("out", "policy.ts"), "utf8")).toBe(before);
  });

  it("is 3 when a generated file was edited or is missing", async () => {
    await run("generate", "spec.yaml", "-o", "out");
    edit("out/server.ts", "createApi", "createOther");
    rmSync(at("out", "wire.ts"));
    const { code, out } = await run("check", "spec.yaml", "-o", "out");
    expect(code).toBe(3);
    expect(out).toContain("+++ wire.ts");
    expect(out).toContain("-export function createOther");
  });
});

describe("usage", () => {
  it.each([
    [["generate", "spec.yaml", "-o", "out", "--nonsense"], "nonsense"],
    [["conquer"], "conquer"],
    [[], "Say what to do"],
    [["generate", "-o", "out"], "SP081"],
    [["generate", "spec.yaml"], "SP081"],
    [["generate", "spec.yaml", "-o"], "output"],
    [["generate", "spec.yaml", "-o", "out", "--only", "everything"], "SP083"],
    [["generate", "a.yaml", "b.yaml", "-o", "out"], "b.yaml"],
  ])("%j: 2", async (args, said) => {
    const { code, out, err } = await run(...args);
    expect(code).toBe(2);
    expect(out).toBe("");
    expect(err).toContain(said);
    expect(existsSync(at("out"))).toBe(false);
  });

  it("--help lists the commands there are, on stdout: 0", async () => {
    const { code, out } = await run("--help");
    expect(code).toBe(0);
    expect(out).toContain("sallyport generate [spec]");
    expect(out).toContain("sallyport check [spec]");
    expect(out).not.toContain("lint");
    expect((await run("generate", "--help")).out).toContain("--dry-run");
  });

  it("--version says the version", async () => {
    expect(await run("--version")).toEqual({ code: 0, out: `${version}\n`, err: "" });
  });
});

describe("sallyport.config", () => {
  it.each(["ts", "mts", "js", "mjs"])("is read from sallyport.config.%s, and flags win", async (extension) => {
    writeFileSync(at("package.json"), '{"type":"module"}');
    writeFileSync(
      at(`sallyport.config.${extension}`),
      'export default { spec: "spec.yaml", output: "configured", only: ["types"] };\n',
    );
    expect((await run("generate")).code).toBe(0);
    expect(readdirSync(at("configured")).sort()).toEqual(["manifest.json", "types.ts"]);
    expect((await run("generate", "-o", "flagged", "--only", "schemas")).code).toBe(0);
    expect(readdirSync(at("flagged")).sort()).toEqual(["manifest.json", "schemas.ts", "types.ts"]);
  });

  it("says whether formats are checked, and flags win", async () => {
    writeFileSync(at("package.json"), '{"type":"module"}');
    writeFileSync(
      at("formats.yaml"),
      readFileSync(at("spec.yaml"), "utf8").replace("iban: {type: string,", "iban: {type: string, format: uri,"),
    );
    const schemas = async (...args: readonly string[]) => {
      expect((await run("generate", "formats.yaml", "-o", "out", "--only", "schemas", ...args)).code).toBe(0);
      return readFileSync(at("out", "schemas.ts"), "utf8");
    };
    expect(await schemas()).toContain('format("uri")');
    expect(await schemas("--no-formats")).not.toContain("format(");
    writeFileSync(at("sallyport.config.ts"), 'export default { formats: "annotate" };\n');
    expect(await schemas()).not.toContain("format(");
    expect(await schemas("--formats")).toContain('format("uri")');
  });

  it.each([
    ["export default { formats: true }", "none of assert, annotate"],
    ["export default {", "does not load"],
    ["export default 5", "no object"],
    ["export default { ouput: 1 }", '"ouput"'],
    ["export default { spec: 1 }", "spec that is no text"],
    ["export default { only: 'types' }", "no list"],
    ["export default { allowWidening: 'yes' }", "neither true nor false"],
  ])("%j: 2", async (text, said) => {
    writeFileSync(at("sallyport.config.ts"), text);
    const { code, err } = await run("generate");
    expect(code).toBe(2);
    expect(err).toContain("SP082");
    expect(err).toContain(said);
  });
});

describe("a fault of ours", () => {
  it("asks to be reported and shows no stack: 1", async () => {
    const said: string[] = [];
    const streams = { out: () => {}, err: (text: string) => said.push(text), colour: false };
    const code = await reporting(streams, folder, () => Promise.reject(new TypeError("no \u001b[31msuch thing")));
    const err = said.join("");
    expect(code).toBe(1);
    expect(err).toContain("Please report it");
    expect(err).toContain("no \\u001b[31msuch thing");
    expect(err).not.toContain("    at ");
  });
});
