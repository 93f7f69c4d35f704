import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";
import { generate } from "../../generator/index.js";
import { typecheck } from "../support/typecheck.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
const folder = mkdtempSync(path.join(root, ".cache-snippets-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Pages whose blocks of TypeScript are programs, but for what surrounds them. */
const pages = ["client", "client-auth", "client-tls", "fakes", "package"];

/** What a page has imported above a block. */
const functionsOf = (from: string, names: readonly string[]) =>
  names.map((name) => `  const ${name}: typeof import("${from}").${name};`).join("\n");
const oauth = ["privateKeyJwt", "secretPost", "session", "signInByDevice", "tlsClientAuth", "tokenExchange"];

/** What surrounds them: names that a page does not declare, as its reader would have them. A block's own names hide these. */
const surroundings = `
import type { ClientOptions, PossessionKey } from "@sallyport/runtime/client";
import type { Tokens, TokenStore } from "@sallyport/runtime/client/oauth";
import type { Auth, Client } from "./generated/client.js";

declare global {
  const bank: Client;
  const auth: Auth;
  const client: Client & { readonly reports: { readonly getReport: (input: { id: string }) => import("@sallyport/runtime/client").Call<unknown, { "X-Total"?: number }> } };
  const accountId: string;
  const id: string;
  const baseUrl: string;
  const clientId: string;
  const clientSecret: string;
  const password: string;
  const secret: string;
  const refreshToken: string;
  const incoming: string;
  const key: CryptoKey & string;
  const home: string;
  const cert: string;
  const rate: { currency: string; rate: number };
  const store: TokenStore;
  const source: { issuer: string; clientId: string; scope: string };
  const tokens: Tokens;
  const wait: (milliseconds: number | undefined) => Promise<void>;
  const readKey: () => Promise<string>;
  const currentToken: () => Promise<string>;
  const askToSignIn: (why: unknown) => void;
  const openBrowser: (url: string) => void;
  const save: (what: unknown) => Promise<void>;
  const ca: string;
  const path: typeof import("node:path");
${functionsOf("./generated/client.js", ["createClient", "getAccount", "listPayments"])}
${functionsOf("@sallyport/runtime/client/oauth", oauth)}
}
export type Used = [ClientOptions<Auth>, PossessionKey];
`;

interface Snippet {
  readonly name: string;
  readonly text: string;
}

function snippetsOf(page: string): readonly Snippet[] {
  const lines = readFileSync(path.join(root, "docs", `${page}.md`), "utf8").split("\n");
  const found: Snippet[] = [];
  let start: number | undefined;
  lines.forEach((line, at) => {
    if (start === undefined && line === "```ts") start = at + 1;
    else if (start !== undefined && line === "```") {
      found.push({ name: `${page}-${start + 1}`, text: lines.slice(start, at).join("\n") });
      start = undefined;
    }
  });
  return found;
}

beforeAll(async () => {
  await generate({
    spec: "examples/bank/bank.yaml",
    output: path.join(folder, "generated"),
    only: ["client", "schemas"],
    also: ["fakes"],
    cwd: root,
  });
  writeFileSync(path.join(folder, "surroundings.ts"), surroundings);
});

it("every block of TypeScript on the pages about the client compiles", async () => {
  const all = pages.flatMap(snippetsOf);
  expect(all.length).toBeGreaterThan(15);
  for (const { name, text } of all) {
    // Line by line as on the page, so that a complaint can be found there. What it needs of its surroundings, it is given.
    writeFileSync(path.join(folder, `${name}.ts`), `${text}\nexport {};\n`);
  }
  expect(await typecheck(folder, "TypeScript 7")).toBe("");
}, 120_000);
