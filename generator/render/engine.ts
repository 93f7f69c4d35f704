import Handlebars from "handlebars";
import { use, useModule, useModuleTypes, useType } from "../code/identifier.js";
import { importsOf } from "../code/imports.js";
import { type Code, isCode } from "../code/layout.js";
import { print, usesOf } from "../code/print.js";
import { filled } from "../code/template.js";
import type { HelperName } from "./mustaches.js";
import { templates } from "./precompiled.js";

/** What is rendered: a template, and what it puts where. Fields are Code, booleans and lists of fields: the helpers refuse the rest. */
export interface Renderable {
  readonly template: string;
  readonly data: object;
}

/** Around the number of a Code, where it stands in the text of a template. No template holds a NUL. */
const edge = "\u0000";
const importsHole = "imports";

/**
 * The text of a file. Templates say where Code stands; Code is laid out when the whole line is known, and asks for its imports by
 * being used.
 * @throws TypeError when a template puts what is no Code.
 */
export function render({ template, data }: Renderable): string {
  const codes: Code[] = [];
  const put = (code: Code) => `${edge}${codes.push(code) - 1}${edge}`;
  const text = environment(put).templates(template)(data);
  const imports = importsOf(codes.flatMap((code) => [...usesOf(code)]));
  const find = (index: string) => (index === importsHole ? imports : codes[Number(index)]);
  const lines = text
    .trim()
    .split("\n")
    .map((line) => layOut(line, find));
  return `${lines.join("\n")}\n`;
}

/** A line of a template, with its Code laid out from where it stands. */
function layOut(line: string, find: (index: string) => Code | undefined): string {
  if (!line.includes(edge)) return line;
  const indent = line.length - line.trimStart().length;
  const pieces = line.slice(indent).split(edge);
  const parts = pieces.filter((_, at) => at % 2 === 0);
  const values = pieces.filter((_, at) => at % 2 === 1).map((index) => find(index));
  return `${" ".repeat(indent)}${print(filled(parts, values.filter(isCode)), { indent })}`;
}

interface Environment {
  readonly templates: (name: string) => (data: object) => string;
}

/** Handlebars by itself: no other helper, and nothing of a prototype. */
function environment(put: (code: Code) => string): Environment {
  const handlebars = Handlebars.create();
  for (const name of Object.keys(handlebars.helpers)) handlebars.unregisterHelper(name);
  const ours: Readonly<Record<HelperName, Handlebars.HelperDelegate>> = {
    put: (value: unknown) => put(codeOf(value)),
    use: (name: string, from: string) => put(use(name, from)),
    useType: (name: string, from: string) => put(useType(name, from)),
    useModule: (name: string, from: string) => put(useModule(name, from)),
    useModuleTypes: (name: string, from: string) => put(useModuleTypes(name, from)),
    imports: () => `${edge}${importsHole}${edge}`,
    each: (value: unknown, options: Handlebars.HelperOptions) =>
      listOf(value)
        .map((one) => options.fn(one))
        .join(""),
    if: function whether(this: unknown, value: unknown, options: Handlebars.HelperOptions) {
      return isThere(value) ? options.fn(this) : options.inverse(this);
    },
  };
  handlebars.registerHelper(ours);
  for (const [name, template] of Object.entries(templates)) {
    handlebars.registerPartial(name, handlebars.template(template));
  }
  return {
    templates: (name) => {
      const template = Object.hasOwn(templates, name) ? templates[name] : undefined;
      if (template === undefined) throw new TypeError(`there is no template ${name}`);
      return handlebars.template(template);
    },
  };
}

function codeOf(value: unknown): Code {
  if (!isCode(value))
    throw new TypeError("a template can put Code only: text comes through literal, identifier or comment");
  return value;
}

/** A misspelt name must not be an empty loop. */
function listOf(value: unknown): readonly object[] {
  if (!Array.isArray(value)) throw new TypeError("a template can loop over lists only");
  return value;
}

function isThere(value: unknown): boolean {
  if (typeof value === "boolean") return value;
  if (isCode(value)) return true;
  throw new TypeError("a template can ask for Code or a boolean only");
}
