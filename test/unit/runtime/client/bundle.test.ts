import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { describe, expect, it } from "vitest";

const client = fileURLToPath(new URL("../../../golden/bodies/expected/client.ts", import.meta.url));

/** A browser's bundle of one function, and the files of ours that it has something of. */
async function bundleOf(name: string): Promise<{ readonly files: readonly string[]; readonly text: string }> {
  const { metafile, outputFiles } = await build({
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
  const files = Object.entries(output?.inputs ?? {}).flatMap(([file, { bytesInOutput }]) =>
    bytesInOutput > 0 ? [file.split("/").slice(-2).join("/")] : [],
  );
  return { files, text: outputFiles[0]?.text ?? "" };
}

describe("a bundle of one operation", () => {
  const codecs = [
    "client/multipart.ts",
    "client/multipart-answers.ts",
    "multipart/events.ts",
    "client/items.ts",
    "http/items.ts",
    "http/events.ts",
  ];
  it.each([
    ["report", []],
    ["upload", ["client/multipart.ts"]],
    ["download", ["client/multipart-answers.ts", "multipart/events.ts"]],
    ["texts", ["client/items.ts", "http/items.ts", "http/events.ts"]],
  ])("%s has the codecs that it needs, and no other", async (name, needed) => {
    const { files } = await bundleOf(name);
    expect(files).toContain("client/connect.ts");
    expect(codecs.filter((one) => files.includes(one)).sort()).toEqual([...needed].sort());
  });

  it("has no other operation's policy", async () => {
    const { text } = await bundleOf("upload");
    expect(text).toContain('"/album"');
    expect(text).not.toMatch(/"\/(?:copy|echo|events|card|report|sequence|texts)"/);
  });
});
