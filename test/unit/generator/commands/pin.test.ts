import { createPublicKey, generateKeyPairSync, X509Certificate } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { main } from "../../../../generator/cli.js";
import { server as serverAnnotation } from "../../../../generator/vocabulary/server.js";
import { spkiPin } from "../../../../runtime/src/client/node.js";
import { type Authority, type Leaf, makeAuthority } from "../../../support/certificates.js";

let authority: Authority;
let leaf: Leaf;
let server: Server;
let folder = "";

beforeAll(async () => {
  authority = await makeAuthority();
  leaf = await authority.issue({ algorithm: "RSA" });
  server = createServer({ cert: leaf.cert, key: leaf.key });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
});
afterAll(() => new Promise((done) => server.close(done)));
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "sallyport-pin-"));
  writeFileSync(path.join(folder, "ca.pem"), authority.cert);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const at = (name: string) => path.join(folder, name);
const url = (host = "localhost") => `https://${host}:${(server.address() as AddressInfo).port}`;

async function run(...args: string[]) {
  const out: string[] = [];
  const err: string[] = [];
  const streams = { out: (text: string) => out.push(text), err: (text: string) => err.push(text), colour: false };
  const code = await main(["pin", ...args], streams, folder);
  return { code, out: out.join(""), err: err.join("") };
}

const pinsIn = (text: string) => [...text.matchAll(/sha256\/[A-Za-z0-9+/]{43}=/g)].map(([pin]) => pin);

describe("pin", () => {
  it("R57 takes the pin of a running server, as a client computes it", async () => {
    const { code, out, err } = await run(url(), "--ca", "ca.pem");
    expect(code).toBe(0);
    expect(pinsIn(out)).toEqual([leaf.pin]);
    expect(spkiPin(Buffer.from(leaf.cert))).toBe(leaf.pin);
    expect(out).toMatch(/# current: CN=localhost, until \d{4}-\d\d-\d\d/);
    expect(err).toContain("A client wants two");
  });

  it("prints what can be pasted below a server entry", async () => {
    const next = await authority.issue();
    writeFileSync(at("next.pem"), next.cert);
    const { code, out, err } = await run(url(), "next.pem", "--ca", "ca.pem");
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(pinsIn(out)).toEqual([leaf.pin, next.pin]);
    const { parse } = await import("yaml");
    expect(serverAnnotation.parse(parse(out)["x-sallyport"])).toEqual({ tls: { pins: [leaf.pin, next.pin] } });
  });

  it("makes a backup key that only its owner can read, and never over another file", async () => {
    const { code, out } = await run(url(), "--ca", "ca.pem", "--new-key", "backup.pem");
    expect(code).toBe(0);
    expect(statSync(at("backup.pem")).mode & 0o777).toBe(0o600);
    const key = readFileSync(at("backup.pem"));
    expect(createPublicKey(key).asymmetricKeyType).toBe("ec");
    expect(pinsIn(out)[1]).toBe(pinsIn((await run("backup.pem")).out)[0]);
    const again = await run(url(), "--ca", "ca.pem", "--new-key", "backup.pem");
    expect(again).toMatchObject({ code: 1, out: "", err: expect.stringContaining("SP097") });
    expect(readFileSync(at("backup.pem"))).toEqual(key);
  });

  it("reads certificates in DER and the first of a chain, and public keys", async () => {
    const der = new X509Certificate(leaf.cert).raw;
    const { publicKey } = generateKeyPairSync("ed25519");
    writeFileSync(at("leaf.der"), der);
    writeFileSync(at("chain.pem"), `${leaf.cert}\n${authority.cert}`);
    writeFileSync(at("public.pem"), publicKey.export({ type: "spki", format: "pem" }));
    const { out, err } = await run("leaf.der", "chain.pem", "public.pem", "--json");
    expect(err).toBe("");
    const keys: readonly { readonly pin: string; readonly about: string }[] = JSON.parse(out);
    expect(keys.map(({ pin }) => pin).slice(0, 2)).toEqual([leaf.pin, leaf.pin]);
    expect(keys[2]?.about).toBe("a key, ed25519");
  });

  it("R57 refuses a server that does not verify, whatever the environment says", async () => {
    process.env.NODE_TLS_REJECT_UNAUTHORIZED = "0";
    try {
      const unknown = await run(url());
      expect(unknown).toMatchObject({ code: 1, out: "", err: expect.stringContaining("SP095") });
      expect(unknown.err).toContain("UNABLE_TO_VERIFY_LEAF_SIGNATURE");
      const misnamed = await run(url("127.0.0.1"), "--ca", "ca.pem");
      expect(misnamed).toMatchObject({
        code: 1,
        out: "",
        err: expect.stringContaining("ERR_TLS_CERT_ALTNAME_INVALID"),
      });
    } finally {
      delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;
    }
    expect((await run(url("127.0.0.1"), "--ca", "ca.pem", "--servername", "localhost")).code).toBe(0);
  });

  it.each([
    ["http://api.example", 2, "SP094"],
    ["https://user:secret@api.example", 2, "SP094"],
    ["absent.pem", 1, "SP096"],
    ["ca.txt", 1, "SP096"],
    ["https://localhost:1", 1, "SP095"],
  ])("says what is wrong with %s", async (from, code, name) => {
    writeFileSync(at("ca.txt"), "no certificate");
    expect(await run(from)).toMatchObject({ code, out: "", err: expect.stringContaining(name) });
  });
});
