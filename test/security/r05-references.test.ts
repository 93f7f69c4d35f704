import { symlinkSync } from "node:fs";
import { createServer } from "node:net";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { loadSpec } from "../../generator/source/load.js";
import { complaintsOf, gistOf, scratch } from "../support/files.js";

const write = scratch();
const specWith = (reference: string) => `openapi: 3.1.1
info: {title: T, version: "1"}
paths: {}
components:
  schemas:
    A: {$ref: ${JSON.stringify(reference)}}
`;

const load = (folder: string) =>
  complaintsOf(loadSpec({ entry: "api/spec.yaml", cwd: folder })).then((all) => all.map(gistOf));

describe("R5 references stay in the description's folder", () => {
  it.each([
    ["http://169.254.169.254/latest/meta-data", "SP020"],
    ["https://example.com/a.yaml#/A", "SP020"],
    ["HTTPS://example.com/a.yaml", "SP020"],
    ["//example.com/a.yaml", "SP020"],
    ["file:///etc/passwd", "SP020"],
    ["data:application/json,{}", "SP020"],
    ["\\\\host\\share", "SP020"],
    ["/etc/passwd", "SP021"],
    ["../secret.yaml#/A", "SP021"],
    ["..%2fsecret.yaml#/A", "SP021"],
    ["nested/../../secret.yaml", "SP021"],
  ])("%s is refused", async (reference, code) => {
    const folder = write({ "api/spec.yaml": specWith(reference), "secret.yaml": "A: {type: string}" });
    expect(await load(folder)).toEqual([`${code} api/spec.yaml:6:15`]);
  });

  it("a symbolic link does not lead out", async () => {
    const folder = write({ "api/spec.yaml": specWith("link.yaml#/A"), "secret.yaml": "A: {type: string}" });
    symlinkSync(path.join(folder, "secret.yaml"), path.join(folder, "api/link.yaml"));
    expect(await load(folder)).toEqual(["SP021 api/spec.yaml:6:15"]);
  });

  it("a linked folder does not lead out", async () => {
    const folder = write({
      "api/spec.yaml": specWith("linked/secret.yaml#/A"),
      "other/secret.yaml": "A: {type: string}",
    });
    symlinkSync(path.join(folder, "other"), path.join(folder, "api/linked"));
    expect(await load(folder)).toEqual(["SP021 api/spec.yaml:6:15"]);
  });

  it("nobody is asked: a server that is named sees no connection", async () => {
    let connections = 0;
    const server = createServer(() => {
      connections += 1;
    });
    await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
    const address = server.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const folder = write({ "api/spec.yaml": specWith(`http://127.0.0.1:${port}/a.yaml`) });
    expect(await load(folder)).toEqual(["SP020 api/spec.yaml:6:15"]);
    await new Promise<void>((done) => server.close(() => done()));
    expect(connections).toBe(0);
  });

  it("a file beside it is read", async () => {
    const folder = write({ "api/spec.yaml": specWith("parts/a.yaml#/A"), "api/parts/a.yaml": "A: {type: string}" });
    expect(await load(folder)).toEqual([]);
  });
});
