import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { describe, expect, it } from "vitest";

const clientOf = (golden: string) =>
  fileURLToPath(new URL(`../../../golden/${golden}/expected/client.ts`, import.meta.url));

/** A browser's bundle of one function, and the files of ours that it has something of. */
async function bundleOf(
  name: string,
  golden = "bodies",
  more = "",
): Promise<{ readonly files: readonly string[]; readonly text: string }> {
  const { metafile, outputFiles } = await build({
    stdin: {
      contents: `import { ${name}, createCaller } from ${JSON.stringify(clientOf(golden))}; console.log(${name}, createCaller); ${more}`,
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

/** What not every operation needs: it comes along as a value, or not at all. */
const parts =
  "client/content client/form client/items client/multipart client/multipart-answers client/next-page client/octets client/own-server client/pages client/possession client/progress client/resuming client/server-url client/validated http/cookie-fields http/deep http/delimited http/events http/header-fields http/items http/path http/pointer http/query http/scalar http/streams multipart/events".split(
    " ",
  );
const items = ["client/items", "http/events", "http/items", "http/streams"];
const styles = ["http/deep", "http/delimited", "http/query", "http/scalar"];
const parted = ["http/streams", ...styles];

describe("a bundle of one operation", () => {
  it.each([
    ["report", ["http/delimited", "http/scalar"]],
    ["copy", ["client/content", "client/octets", "http/streams"]],
    ["upload", ["client/content", "client/multipart", ...parted]],
    ["download", ["client/multipart-answers", "multipart/events", ...parted]],
    ["texts", items],
    ["fillIn", ["client/content", "client/form", "client/multipart", ...parted]],
  ])("%s has what it needs, and nothing that others need", async (name, needed) => {
    const { files } = await bundleOf(name);
    expect(files).toContain("client/connect.ts");
    expect(parts.filter((one) => files.includes(`${one}.ts`))).toEqual([...new Set(needed)].sort());
  });

  it("has what goes through pages where the operation has pages", async () => {
    const { files } = await bundleOf("listShops", "pages");
    expect(parts.filter((one) => files.includes(`${one}.ts`))).toEqual([
      "client/next-page",
      "client/pages",
      "http/pointer",
    ]);
  });

  it("has zod where schemas are named, and the schemas of no other operation", async () => {
    const isZod = (file: string) => /zod|(?:classic|core)\//.test(file);
    const words = 'import { validated } from "@sallyport/runtime/client";';
    const schemas = JSON.stringify(clientOf("feed").replace("client.ts", "schemas.js"));
    const none = await bundleOf("person", "feed");
    const named = await bundleOf(
      "person",
      "feed",
      `${words} import { person as schema } from ${schemas}; console.log(validated({ person: schema }));`,
    );
    expect(none.files.filter((file) => isZod(file) || file === "client/validated.ts")).toEqual([]);
    expect(named.files).toContain("client/validated.ts");
    expect(named.files.some(isZod)).toBe(true);
    expect([named.text.includes("^DE[0-9]{20}$"), named.text.includes("Last-Event-ID")]).toEqual([true, false]);
  });

  it("has no other operation's policy", async () => {
    const { text } = await bundleOf("upload");
    expect(text).toContain('"/album"');
    expect(text).not.toMatch(/"\/(?:copy|echo|events|card|report|sequence|texts)"/);
  });
});
