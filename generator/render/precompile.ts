import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import Handlebars from "handlebars";
import { checkTemplate } from "./check.js";
import { helpers } from "./mustaches.js";

const folder = fileURLToPath(new URL("../../templates", import.meta.url));

/**
 * The source of `precompiled.ts`: each template of `templates/` as a function. Runs when sallyport is built.
 * @throws Error when a template says anything but our helpers.
 */
export function precompileTemplates(): string {
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".hbs"))
    .map((name) => name.split(path.sep).join("/"))
    .sort();
  const entries = names.map((name) => `  ${JSON.stringify(name.slice(0, -".hbs".length))}: ${precompile(name)},\n`);
  return `// @ts-nocheck: made by scripts/precompile.ts from templates/.\n/// <reference types="handlebars" />\nexport const templates: Readonly<Record<string, TemplateSpecification>> = {\n${entries.join("")}};\n`;
}

function precompile(name: string): string {
  const source = readFileSync(path.join(folder, name), "utf8");
  checkTemplate(`templates/${name}`, source);
  const knownHelpers = Object.fromEntries(Object.keys(helpers).map((one) => [one, true]));
  return String(Handlebars.precompile(source, { noEscape: true, strict: true, knownHelpersOnly: true, knownHelpers }));
}
