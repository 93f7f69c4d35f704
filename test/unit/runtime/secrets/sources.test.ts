import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { command, environment, files, httpSecrets, loadSecrets, type SecretSource } from "@sallyport/runtime/secrets";
import { StartError } from "@sallyport/runtime/server";
import { afterAll, beforeAll, expect, it } from "vitest";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "sallyport-secrets-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const never = { every: "0s" } as const;
const fixed = (name: string, values: Readonly<Record<string, string>>): SecretSource => ({
  name,
  read: async (names) =>
    new Map(names.flatMap((one) => (values[one] === undefined ? [] : [[one, values[one]] as const]))),
});

it("what is missing in every source is named at once, and no value is shown", async () => {
  const load = loadSecrets(["A", "B", "C"], [fixed("one", { A: "value-of-a" }), fixed("two", { B: "  " })], never);
  await expect(load).rejects.toThrow(StartError);
  await expect(load).rejects.toThrow("B is not in one, two.");
  await expect(load).rejects.toThrow("C is not in one, two.");
  await expect(load).rejects.not.toThrow("value-of-a");
});

it("a source that fails stops the start: what the next one has may be older", async () => {
  const broken: SecretSource = { name: "broken", read: () => Promise.reject(new Error("connection refused")) };
  const load = loadSecrets(["A"], [broken, fixed("old", { A: "old" })], never);
  await expect(load).rejects.toThrow("missing_setting: broken could not be read: connection refused.");
});

it("the first source that has a name is the one it comes from", async () => {
  const { get, env } = await loadSecrets(
    ["A", "B"],
    [fixed("one", { A: "1" }), fixed("two", { A: "2", B: "2" })],
    never,
  );
  expect([get("A").reveal(), get("B").reveal(), Object.keys(env)]).toEqual(["1", "2", ["A", "B"]]);
  expect(() => get("toString")).toThrow(RangeError);
});

it("variables, and the files that Docker's _FILE variables name", async () => {
  await writeFile(path.join(folder, "password"), "from a file\n");
  const source = environment({ A: "1", B: "", B_FILE: path.join(folder, "password"), C_FILE: path.join(folder, "no") });
  const { get } = await loadSecrets(["A", "B"], [source], never);
  expect([get("A").reveal(), get("B").reveal()]).toEqual(["1", "from a file"]);
  await expect(loadSecrets(["C"], [source], never)).rejects.toThrow("C_FILE names a file that is not there");
  await expect(loadSecrets(["toString"], [source], never)).rejects.toThrow("toString is not in the environment");
});

it("a mount of Kubernetes is renewed by turning one link: all values change together, and secrets follow", async () => {
  const mount = path.join(folder, "mount");
  const version = async (name: string, values: Readonly<Record<string, string>>) => {
    await mkdir(path.join(mount, name), { recursive: true });
    for (const [key, value] of Object.entries(values)) await writeFile(path.join(mount, name, key), value);
    await symlink(name, path.join(mount, "..data_tmp"));
    await rename(path.join(mount, "..data_tmp"), path.join(mount, "..data"));
  };
  await version("..1", { USER: "ann", PASSWORD: "one\n" });
  for (const key of ["USER", "PASSWORD"]) await symlink(`..data/${key}`, path.join(mount, key));
  const { get, refresh } = await loadSecrets(["USER", "PASSWORD"], [files(mount)], never);
  const held = get("PASSWORD");
  expect([get("USER").reveal(), held.reveal()]).toEqual(["ann", "one"]);
  await version("..2", { USER: "bob", PASSWORD: "two" });
  expect(held.reveal()).toBe("one");
  await refresh();
  expect([get("USER").reveal(), held.reveal()]).toEqual(["bob", "two"]);
  // A rotation that lacks a name is half a rotation: nothing changes.
  await version("..3", { USER: "eve" });
  await rm(path.join(mount, "..3", "PASSWORD"), { force: true });
  await expect(refresh()).rejects.toThrow("PASSWORD is not in");
  expect([get("USER").reveal(), held.reveal()]).toEqual(["bob", "two"]);
});

it.each(["../up", "..", ".", "a/b", ""])("%j is no name of a file", async (name) => {
  await expect(loadSecrets([name], [files(folder)], never)).rejects.toThrow("is no name of a file of secrets");
});

it("a file is larger than any secret", async () => {
  await writeFile(path.join(folder, "HUGE"), "x".repeat(1_100_000));
  await expect(loadSecrets(["HUGE"], [files(folder)], never)).rejects.toThrow("larger than a secret may be");
});

it("a rotation is picked up by itself, and a source that is down leaves what was known", async () => {
  let answer: () => Promise<string> = async () => "one";
  let asked = 0;
  const source: SecretSource = {
    name: "s",
    read: async () => {
      asked++;
      return new Map([["A", await answer()]]);
    },
  };
  const faults: Error[] = [];
  const loaded = await loadSecrets(["A"], [source], { every: "5ms", onStale: (fault) => void faults.push(fault) });
  const until = async (done: () => boolean) => {
    while (!done()) await new Promise((resolve) => setTimeout(resolve, 2));
  };
  answer = async () => "two";
  await until(() => loaded.get("A").reveal() === "two");
  answer = () => Promise.reject(new Error("down"));
  await until(() => faults.length > 0);
  loaded.close();
  expect(loaded.get("A").reveal()).toBe("two");
  expect(faults[0]?.message).toContain("s could not be read: down");
  expect(asked).toBeGreaterThan(2);
});

it("a command prints one secret, or all of them; what it says in failing is not shown", async () => {
  const print = (code: string) => ["-e", code];
  const value = command(process.execPath, [...print("console.log(process.argv[1] + '!')"), "{name}"]);
  const json = command(process.execPath, print("console.log(JSON.stringify({ A: '1', B: 2, C: '3' }))"));
  expect((await loadSecrets(["A$(x)"], [value], never)).get("A$(x)").reveal()).toBe("A$(x)!");
  expect((await loadSecrets(["A", "C"], [json], never)).get("C").reveal()).toBe("3");
  await expect(loadSecrets(["B"], [json], never)).rejects.toThrow("B is not in the command");
  const fails = command(process.execPath, print("console.error('hunter2'); process.exit(3)"));
  await expect(loadSecrets(["A"], [fails], never)).rejects.toThrow(/it ended with 3\./);
  await expect(loadSecrets(["A"], [fails], never)).rejects.not.toThrow("hunter2");
  const garbled = command(process.execPath, print("console.log('hunter2 {')"));
  await expect(loadSecrets(["A"], [garbled], never)).rejects.toThrow("it did not print a JSON object");
  const hangs = command(process.execPath, print("setInterval(() => {}, 1e3)"), { timeout: "50ms" });
  await expect(loadSecrets(["A"], [hangs], never)).rejects.toThrow("it took too long");
});

it("a store over HTTP, as Google's Secret Manager answers; redirects and plain HTTP are refused", async () => {
  const server = createServer((request, response) => {
    if (request.url?.includes("/moved/")) return response.writeHead(307, { Location: "http://127.0.0.1:1/" }).end();
    if (request.headers.authorization !== "Bearer t") return response.writeHead(401).end("{}");
    if (!request.url?.includes("/A/")) return response.writeHead(404).end("{}");
    response.end(JSON.stringify({ payload: { data: Buffer.from("of-google").toString("base64") } }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const google = (token: string, base = origin) =>
    httpSecrets({
      name: "Google",
      request: (name) => ({
        url: `${base}/v1/projects/p/secrets/${name}/versions/latest:access`,
        headers: { authorization: `Bearer ${token}` },
      }),
      value: (answer) => Buffer.from((answer as { payload: { data: string } }).payload.data, "base64").toString("utf8"),
    });
  try {
    expect((await loadSecrets(["A"], [google("t")], never)).get("A").reveal()).toBe("of-google");
    await expect(loadSecrets(["B"], [google("t")], never)).rejects.toThrow("B is not in Google");
    await expect(loadSecrets(["A"], [google("bad")], never)).rejects.toThrow("it answered 401 for A");
    await expect(loadSecrets(["A"], [google("t", `${origin}/moved`)], never)).rejects.toThrow("did not answer");
    await expect(loadSecrets(["A"], [google("t", "http://vault.example")], never)).rejects.toThrow("plain HTTP");
  } finally {
    server.close();
  }
});
