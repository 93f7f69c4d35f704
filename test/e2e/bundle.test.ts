import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { expect, it } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));
const contents = `
import { apiKey } from "@sallyport/runtime/client";
import { createCaller, getNote } from "./examples/quickstart/generated/client.js";
getNote(createCaller({ baseUrl: "https://notes.example", auth: { key: apiKey("k") } }), { noteId: "n1" });
`;

it("one operation for a browser stays small, without zod, undici or anything of Node", async () => {
  const { outputFiles, metafile } = await build({
    stdin: { contents, resolveDir: root, loader: "ts" },
    bundle: true,
    write: false,
    metafile: true,
    minify: true,
    platform: "browser",
    format: "esm",
    conditions: ["sallyport-source"],
  });
  const [output] = Object.values(metafile.outputs);
  const inside = Object.entries(output?.inputs ?? {}).flatMap(([name, one]) => (one.bytesInOutput > 0 ? [name] : []));
  expect(inside.some((one) => one.endsWith("client/connect.ts"))).toBe(true);
  expect(inside.filter((one) => /node_modules\/|undici|generated\/schemas|generated\/server/.test(one))).toEqual([]);
  const [bundle] = outputFiles;
  expect(bundle?.text).not.toMatch(/node:/);
  expect(gzipSync(bundle?.contents ?? "", { level: 9 }).length).toBeLessThan(7_400);
});
