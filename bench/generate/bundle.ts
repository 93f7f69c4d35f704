// One operation of GitHub's, bundled for a browser, beside peers: `npm run bench:bundle [-- --no-table]`. Needs `npm run build`.
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { build, type Plugin } from "esbuild";
import { measure } from "./measure.js";
import { installed, installPeers, root, work } from "./peers.js";
import { writeSection } from "./section.js";
import { targets } from "./specs.js";
import { tools } from "./tools.js";

interface Case {
  readonly name: string;
  /** What is left out of it, to see what that costs. */
  readonly without?: keyof typeof pieces;
  readonly source: string;
  /** Where packages are looked for. */
  readonly folder: string;
}

/** Parts of every call that peers leave to their users, and what stands in for them where they are left out. */
const pieces = {
  retries: [/interceptors\/retry\.js$/, "export const retry = () => (next) => next; export const budgetOf = () => 0;"],
  credentials: [
    /interceptors\/credentials\.js$/,
    "export const credentials = () => (next) => next; export const misconfigured = () => {};",
  ],
  deadlines: [/client\/deadline\.js$/, "export const withDeadline = (_, outer, run) => run({ signal: outer });"],
} as const;

/** Replaces one file of a bundle by another. */
function leavingOut(piece: keyof typeof pieces): Plugin {
  const [filter, contents] = pieces[piece];
  return { name: piece, setup: (one) => one.onLoad({ filter }, () => ({ contents, loader: "js" })) };
}

const call = "owner: 'octocat', repo: 'hello-world'";

async function generated(name: string): Promise<string> {
  const [target] = targets();
  const tool = tools("").find((one) => one.name.startsWith(name));
  if (target === undefined || tool === undefined) throw new Error(`there is no ${name}`);
  const output = path.join(work, "out", `${name}-github`);
  // What a peer's version makes stays; what ours makes is what it makes today.
  if (name !== "sallyport" && existsSync(path.join(output, "sdk.gen.ts"))) return output;
  rmSync(output, { recursive: true, force: true });
  const usage = await measure(tool.command(target, output), root);
  if (!usage.ok) throw new Error(usage.said);
  return output;
}

async function cases(): Promise<readonly Case[]> {
  const [ours, hey] = [await generated("sallyport"), await generated("hey-api")];
  const refresh =
    "refreshToken({ tokenUrl: 'https://github.com/login/oauth/access_token', clientId: 'a', refreshToken: 'r' })";
  const own = (name: string, token: string, runtime = "@sallyport/runtime/client") =>
    [
      `import { ${name} } from "${runtime}";`,
      `import { createCaller, reposGet } from "${ours}/client.js";`,
      `const caller = createCaller({ baseUrl: "https://api.github.com", auth: { token: ${token} } });`,
      `reposGet(caller, { ${call} }).then(console.log);`,
    ].join("\n");
  return [
    { name: "sallyport, a token of one's own", folder: root, source: own("bearer", "bearer('t')") },
    {
      name: "sallyport, token refresh",
      folder: root,
      source: own("refreshToken", refresh, "@sallyport/runtime/client/oauth"),
    },
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

interface Size {
  readonly minified: number;
  readonly gzip: number;
  readonly packages: string;
}

async function bundled({ source, folder, without }: Case): Promise<Size> {
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
    plugins: without === undefined ? [] : [leavingOut(without)],
  });
  const [out] = outputFiles;
  const inside = Object.keys(metafile.inputs);
  const packages = ["zod", "undici"].filter((one) => inside.some((input) => input.includes(`node_modules/${one}/`)));
  const contents = out?.contents ?? new Uint8Array();
  return {
    minified: contents.length,
    gzip: gzipSync(contents, { level: 9 }).length,
    packages: packages.join(", ") || "none",
  };
}

/** What a piece of the first case costs: the difference that it makes. */
async function costOf(whole: Case, without: keyof typeof pieces, size: Size): Promise<readonly string[]> {
  const rest = await bundled({ ...whole, without });
  return rowOf(`of it ${without}`, {
    minified: size.minified - rest.minified,
    gzip: size.gzip - rest.gzip,
    packages: "",
  });
}

function rowOf(name: string, { minified, gzip, packages }: Size): readonly string[] {
  return [name, kilobytes(minified), kilobytes(gzip), packages];
}

function kilobytes(octets: number): string {
  return (octets / 1000).toFixed(1);
}

installPeers();
const rows: (readonly string[])[] = [];
for (const [index, one] of (await cases()).entries()) {
  const size = await bundled(one);
  rows.push(rowOf(one.name, size));
  if (index > 0) continue;
  for (const piece of ["retries", "credentials", "deadlines"] as const) rows.push(await costOf(one, piece, size));
}
const head = ["one operation of GitHub's client", "minified kB", "gzip kB", "zod or undici inside"];
const table = [head, ["---", "---:", "---:", "---"], ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
process.stdout.write(`${table}\n`);
if (!process.argv.includes("--no-table")) writeSection("bench-bundle", table);
