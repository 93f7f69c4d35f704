// One operation of GitHub's, bundled for a browser, beside peers: `npm run bench:bundle [-- --no-table]`. Needs `npm run build`.
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { measure } from "./measure.js";
import { installed, installPeers, root, work } from "./peers.js";
import { writeSection } from "./section.js";
import { targets } from "./specs.js";
import { tools } from "./tools.js";

interface Case {
  readonly name: string;
  readonly source: string;
  /** Where packages are looked for. */
  readonly folder: string;
}

const call = "owner: 'octocat', repo: 'hello-world'";

async function generated(name: string): Promise<string> {
  const [target] = targets();
  const tool = tools("").find((one) => one.name.startsWith(name));
  if (target === undefined || tool === undefined) throw new Error(`there is no ${name}`);
  const output = path.join(work, "out", `${name}-github`);
  if (existsSync(path.join(output, name === "sallyport" ? "client.ts" : "sdk.gen.ts"))) return output;
  rmSync(output, { recursive: true, force: true });
  const usage = await measure(tool.command(target, output), root);
  if (!usage.ok) throw new Error(usage.said);
  return output;
}

async function cases(): Promise<readonly Case[]> {
  const [ours, hey] = [await generated("sallyport"), await generated("hey-api")];
  const runtime = "@sallyport/runtime/client";
  const refresh =
    "refreshToken({ tokenUrl: 'https://github.com/login/oauth/access_token', clientId: 'a', refreshToken: 'r' })";
  const own = (name: string, token: string) =>
    [
      `import { ${name} } from "${runtime}";`,
      `import { createCaller, reposGet } from "${ours}/client.js";`,
      `const caller = createCaller({ baseUrl: "https://api.github.com", auth: { token: ${token} } });`,
      `reposGet(caller, { ${call} }).then(console.log);`,
    ].join("\n");
  return [
    { name: "sallyport, a token of one's own", folder: root, source: own("bearer", "bearer('t')") },
    { name: "sallyport, token refresh", folder: root, source: own("refreshToken", refresh) },
    {
      name: `openapi-fetch ${installed("openapi-fetch")}`,
      folder: work,
      source: `import createClient from "openapi-fetch";\ncreateClient({ baseUrl: "https://api.github.com" }).GET("/repos/{owner}/{repo}", { params: { path: { ${call} } } }).then(console.log);`,
    },
    {
      name: `hey-api ${installed("@hey-api/openapi-ts")}`,
      folder: work,
      source: `import { reposGet } from "${hey}/sdk.gen.js";\nreposGet({ path: { ${call} } }).then(console.log);`,
    },
  ];
}

async function bundled({ name, source, folder }: Case): Promise<readonly string[]> {
  const file = path.join(folder === root ? path.join(work, "entry") : work, "entry.ts");
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, source);
  const { outputFiles, metafile } = await build({
    entryPoints: [file],
    bundle: true,
    write: false,
    metafile: true,
    minify: true,
    platform: "browser",
    format: "esm",
    target: "es2022",
    logLevel: "error",
    absWorkingDir: folder,
  });
  const [out] = outputFiles;
  const inside = Object.keys(metafile.inputs);
  const packages = ["zod", "undici"].filter((one) => inside.some((input) => input.includes(`node_modules/${one}/`)));
  const contents = out?.contents ?? new Uint8Array();
  return [
    name,
    kilobytes(contents.length),
    kilobytes(gzipSync(contents, { level: 9 }).length),
    packages.join(", ") || "none",
  ];
}

function kilobytes(octets: number): string {
  return (octets / 1000).toFixed(1);
}

installPeers();
const rows: (readonly string[])[] = [];
for (const one of await cases()) rows.push(await bundled(one));
const head = ["one operation of GitHub's client", "minified kB", "gzip kB", "zod or undici inside"];
const table = [head, ["---", "---:", "---:", "---"], ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
process.stdout.write(`${table}\n`);
if (!process.argv.includes("--no-table")) writeSection("bench-bundle", table);
