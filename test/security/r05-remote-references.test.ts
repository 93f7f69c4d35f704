import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer, type Server } from "node:https";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { isPublic } from "../../generator/source/addresses.js";
import { loadSpec } from "../../generator/source/load.js";
import { makeAuthority } from "../support/certificates.js";
import { complaintsOf, gistOf, scratch } from "../support/files.js";

vi.mock("node:dns/promises", async (original) => {
  const real = await original<typeof import("node:dns/promises")>();
  const lookup = async (host: string, options: object) =>
    host === "internal.example" ? [{ address: "127.0.0.1", family: 4 }] : real.lookup(host, { ...options, all: true });
  return { ...real, lookup };
});

const write = scratch();
let server: Server;
let other: Server;
let origin: string;
let otherOrigin: string;
let ca: string;
let asked: string[] = [];
let answers: Record<string, (reply: ServerResponse) => void> = {};

const answer = (request: IncomingMessage, reply: ServerResponse) => {
  asked.push(request.url ?? "");
  const say = answers[request.url ?? ""];
  if (say === undefined) reply.writeHead(404).end();
  else say(reply);
};
const text = (body: string) => (reply: ServerResponse) => void reply.end(body);
const redirect = (location: string) => (reply: ServerResponse) => void reply.writeHead(302, { location }).end();

async function listen(leaf: { readonly cert: string; readonly key: string }): Promise<[Server, string]> {
  const made = createServer({ cert: leaf.cert, key: leaf.key }, answer);
  await new Promise<void>((ready) => made.listen(0, "127.0.0.1", ready));
  const address = made.address();
  return [made, `https://localhost:${typeof address === "object" && address !== null ? address.port : 0}`];
}

beforeAll(async () => {
  const authority = await makeAuthority();
  ca = authority.cert;
  [server, origin] = await listen(await authority.issue());
  [other, otherOrigin] = await listen(await authority.issue());
});
afterAll(() => {
  for (const one of [server, other]) {
    one.closeAllConnections();
    one.close();
  }
});
beforeEach(() => {
  asked = [];
  answers = {};
});

const specWith = (reference: string) =>
  `openapi: 3.1.1\ninfo: {title: T, version: "1"}\npaths: {}\ncomponents:\n  schemas:\n    A: {$ref: ${JSON.stringify(reference)}}\n`;

interface How {
  readonly allow?: readonly string[];
  readonly limits?: Parameters<typeof loadSpec>[0]["limits"];
  readonly timeout?: number;
  readonly trusted?: boolean;
}

function load(reference: string, { allow = [origin], limits = {}, timeout = 5_000, trusted = true }: How = {}) {
  const files = { "spec.yaml": specWith(reference), "secret.yaml": "A: {type: string}\n" };
  const remote = { allow, timeout, ...(trusted ? { ca } : {}) };
  return loadSpec({ entry: "spec.yaml", cwd: write(files), limits, remote });
}
const faults = async (reference: string, how?: How) => (await complaintsOf(load(reference, how))).map(gistOf);
const message = async (reference: string, how?: How) => (await complaintsOf(load(reference, how)))[0]?.message;

describe("R5 documents of an allowed origin", () => {
  it("are fetched once each, with what they refer to, and are part of the digest", async () => {
    answers["/a.yaml"] = text("A: {type: object, properties: {b: {$ref: 'b.json#/B'}, a: {$ref: '#/A'}}}\n");
    answers["/b.json"] = text('{"B": {"type": "string"}}');
    const spec = await load(`${origin}/a.yaml#/A`);
    expect(asked.sort()).toEqual(["/a.yaml", "/b.json"]);
    expect(Object.keys((spec.root.components as { schemas: object }).schemas).sort()).toEqual(["A", "AA", "B"]);
    expect(spec.files).toHaveLength(1);
    expect(spec.text(`${origin}/a.yaml`)).toContain("properties");
    answers["/b.json"] = text('{"B": {"type": "integer"}}');
    expect((await load(`${origin}/a.yaml#/A`)).digest).not.toBe(spec.digest);
  });

  it("a fault in one is shown at its own place", async () => {
    answers["/a.yaml"] = text("A:\n  $ref: '#/B'\n");
    expect(await faults(`${origin}/a.yaml#/A`)).toEqual([`SP023 ${origin}/a.yaml:2:9`]);
  });

  it("may be redirected within the origin", async () => {
    answers["/old.yaml"] = redirect("/new.yaml");
    answers["/new.yaml"] = text("A: {type: string}\n");
    expect(await faults(`${origin}/old.yaml#/A`)).toEqual([]);
  });
});

describe("R5 what is not fetched", () => {
  it("another origin: nobody is asked", async () => {
    for (const allow of [[], [otherOrigin], [origin.replace("localhost", "127.0.0.1")]]) {
      expect(await faults(`${origin}/a.yaml#/A`, { allow })).toEqual(["SP020 spec.yaml:6:15"]);
    }
    expect(asked).toEqual([]);
  });

  it("http, even where the same host is allowed over https", async () => {
    expect(await faults(`${origin.replace("https", "http")}/a.yaml#/A`)).toEqual(["SP020 spec.yaml:6:15"]);
    expect(asked).toEqual([]);
  });

  it("the fix names the origin", async () => {
    const [fault] = await complaintsOf(load("https://schemas.example/a.yaml", { allow: [] }));
    expect(fault?.fix).toContain("--allow-ref https://schemas.example.");
  });

  it("a redirect to another origin, an allowed one too", async () => {
    answers["/a.yaml"] = redirect(`${otherOrigin}/b.yaml`);
    answers["/b.yaml"] = text("A: {type: string}\n");
    expect(await message(`${origin}/a.yaml#/A`, { allow: [origin, otherOrigin] })).toContain("another origin");
    answers["/a.yaml"] = redirect("http://169.254.169.254/latest/meta-data");
    expect(await message(`${origin}/a.yaml#/A`)).toContain("another origin");
    expect(asked).toEqual(["/a.yaml", "/a.yaml"]);
  });

  it("a redirect in a circle", async () => {
    answers["/a.yaml"] = redirect("/a.yaml");
    expect(await message(`${origin}/a.yaml#/A`)).toContain("more than 3 times");
  });

  it("a name that leads to an address of this network", async () => {
    const named = origin.replace("localhost", "internal.example");
    expect(await message(`${named}/a.yaml#/A`, { allow: [named] })).toContain("127.0.0.1, which is no public address");
    expect(asked).toEqual([]);
  });

  it("a certificate that nobody vouches for", async () => {
    expect(await message(`${origin}/a.yaml#/A`, { trusted: false })).toMatch(/because of .*(CERT|SIGNATURE|ISSUER)/);
    expect(asked).toEqual([]);
  });

  it("more than the bounds: of one document, of all, in number, in time", async () => {
    answers["/a.yaml"] = text(`A: {type: string, description: "${"x".repeat(5_000)}"}\n`);
    expect(await message(`${origin}/a.yaml#/A`, { limits: { fileBytes: 4_000 } })).toContain("more than 4000 octets");
    expect(await message(`${origin}/a.yaml#/A`, { limits: { totalBytes: 4_000 } })).toMatch(/more than \d+ octets/);
    expect(await faults(`${origin}/a.yaml#/A`, { limits: { files: 1 } })).toEqual(["SP003 spec.yaml:6:15"]);
    answers["/slow.yaml"] = (reply) => void reply.write("A: ");
    expect(await message(`${origin}/slow.yaml#/A`, { timeout: 200 })).toContain("takes too long");
  });

  it("what comes compressed, or as another status", async () => {
    answers["/z.yaml"] = (reply) => void reply.writeHead(200, { "content-encoding": "gzip" }).end("x");
    expect(await message(`${origin}/z.yaml#/A`)).toContain("compressed");
    expect(await message(`${origin}/none.yaml#/A`)).toContain("answers 404");
  });

  it.each(["file:///etc/passwd", "/../secret.yaml", "secret.yaml", "http://127.0.0.1:1/x"])(
    "a file, or another place, that a fetched document names: %s",
    async (reference) => {
      answers["/a.yaml"] = text(`A: {$ref: ${JSON.stringify(`${reference}#/A`)}}\n`);
      const [fault] = await complaintsOf(load(`${origin}/a.yaml#/A`));
      expect(fault?.code).toMatch(/^SP02[05]$/);
    },
  );

  it("what a fetched document says of itself opens nothing", async () => {
    answers["/a.yaml"] = text(
      'openapi: 3.2.0\n$self: file:///etc/openapi.yaml\ninfo: {title: T, version: "1"}\ncomponents: {schemas: {A: {$ref: passwd}, B: {$ref: "https://evil.example/x"}}}\n',
    );
    expect(await faults(`${origin}/a.yaml#/components/schemas/A`)).toEqual([`SP020 ${origin}/a.yaml:4:34`]);
    expect(await faults(`${origin}/a.yaml#/components/schemas/B`)).toEqual([`SP020 ${origin}/a.yaml:4:53`]);
  });

  it.each([
    "http://a.example",
    "a.example",
    "https://a.example/path",
    "https://u@a.example",
    "https://*",
    "https://a.example?x",
    "",
  ])("an allow-list of %j is a wrong call", async (allow) => {
    await expect(load("b.yaml", { allow: [allow] })).rejects.toMatchObject({
      exitCode: 2,
      diagnostics: [{ code: "SP026" }],
    });
  });
});

describe("public addresses", () => {
  it.each(["8.8.8.8", "::ffff:8.8.8.8", "2606:4700::1111"])("%s is one", (address) => {
    expect(isPublic(address)).toBe(true);
  });

  it.each(
    (
      "127.0.0.1 127.9.9.9 0.0.0.0 10.0.0.1 172.16.0.1 172.31.255.255 192.168.1.1 169.254.169.254 100.64.0.1 224.0.0.1 255.255.255.255 " +
      "::1 :: ::127.0.0.1 ::ffff:127.0.0.1 ::ffff:7f00:1 ::ffff:a9fe:a9fe fe80::1 fe80::1%eth0 fc00::1 fd00:ec2::254 64:ff9b::7f00:1 2002:7f00:1:: ff02::1 localhost 127.1"
    ).split(" "),
  )("%s is none", (address) => {
    expect(isPublic(address)).toBe(false);
  });
});
