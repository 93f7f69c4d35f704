import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { describe, expect, it } from "vitest";

const client = fileURLToPath(new URL("../../../golden/bodies/expected/client.ts", import.meta.url));

/** The files of ours that a browser's bundle of one function has something of. */
async function filesOf(name: string): Promise<readonly string[]> {
  const { metafile } = await build({
    stdin: {
      contents: `import { ${name}, createCaller } from ${JSON.stringify(client)}; console.log(${name}, createCaller);`,
      resolveDir: fileURLToPath(new URL(".", import.meta.url)),
    },
    bundle: true,
    minify: true,
    write: false,
    format: "esm",
    platform: "browser",
    conditions: ["browser", "sallyport-source"],
    external: ["undici", "node:*"],
    metafile: true,
  });
  const [output] = Object.values(metafile.outputs);
  return Object.entries(output?.inputs ?? {}).flatMap(([file, { bytesInOutput }]) =>
    bytesInOutput > 0 ? [file.split("/").slice(-2).join("/")] : [],
  );
}

describe("a bundle of one operation", () => {
  const codecs = ["client/multipart.ts", "client/items.ts", "http/items.ts", "http/events.ts"];
  it.each([
    ["report", []],
    ["upload", ["client/multipart.ts"]],
    ["texts", ["client/items.ts", "http/items.ts", "http/events.ts"]],
  ])("%s has the codecs that it needs, and no other", async (name, needed) => {
    const files = await filesOf(name);
    expect(files).toContain("client/connect.ts");
    expect(codecs.filter((one) => files.includes(one)).sort()).toEqual([...needed].sort());
  });
});
