import { type Code, text, toCode, type Use, useOf } from "./layout.js";
import { quote } from "./quote.js";

/** ECMA-262 12.7, without the escapes, joiners and direction marks that nobody could see. */
const identifierName = /^[\p{ID_Start}$_](?:(?!\p{Cf})[\p{ID_Continue}$])*$/u;

/** ECMA-262 12.7.2 in strict mode, and what cannot be bound in a module. */
const reserved: ReadonlySet<string> = new Set(
  (
    "arguments await break case catch class const continue debugger default delete do else enum eval export extends false finally " +
    "for function if implements import in instanceof interface let new null package private protected public return static super " +
    "switch this throw true try typeof undefined var void while with yield"
  ).split(" "),
);

/** Whether a text may stand by itself as a name. */
export function isIdentifier(name: string): boolean {
  return identifierName.test(name) && !reserved.has(name);
}

/** Door 2: a name that stands by itself. It must be settled already: what is no identifier is refused, not mended. */
export function identifier(name: string): Code {
  if (reserved.has(name)) throw new TypeError(`${JSON.stringify(name)} is a reserved word`);
  return toCode(text(checked(name)));
}

/** A name as a key of an object or of an interface: as it is, quoted, or computed (`__proto__` would set the prototype). */
export function propertyKey(name: string): Code {
  return toCode(text(keyText(name)));
}

/** A property of what stands before: `.name` or `["x-name"]`. A reserved word may be one. */
export function member(name: string): Code {
  return toCode(text(isPlain(name) ? `.${name}` : `[${quote(name)}]`));
}

/** A name that the module imports where it is used as a value; `as` where something else is called so. */
export function use(name: string, from: string, as = name): Code {
  return imported({ name: checked(name), as: checked(as), from, typeOnly: false });
}

/** A name that the module imports where it is used as a type. */
export function useType(name: string, from: string): Code {
  return imported({ name: checked(name), as: name, from, typeOnly: true });
}

/** A module imported whole, `import * as name`: used as a value. */
export function useModule(name: string, from: string): Code {
  return imported({ name: "*", as: checked(name), from, typeOnly: false });
}

/** A module imported whole, for its types. */
export function useModuleTypes(name: string, from: string): Code {
  return imported({ name: "*", as: checked(name), from, typeOnly: true });
}

function imported(use: Use): Code {
  if (!/^[@A-Za-z0-9._/-]+$/.test(use.from)) throw new TypeError(`${JSON.stringify(use.from)} is no module of ours`);
  return toCode(useOf(use));
}

function checked(name: string): string {
  if (!identifierName.test(name)) throw new TypeError(`${JSON.stringify(name)} is no identifier`);
  return name;
}

function isPlain(name: string): boolean {
  return /^[A-Za-z_$][A-Za-z0-9_$]*$/.test(name) && name !== "__proto__";
}

/** Prettier and Biome leave a simple number unquoted. */
function keyText(name: string): string {
  if (name === "__proto__") return '["__proto__"]';
  return isPlain(name) || /^(?:0|[1-9][0-9]{0,8})$/.test(name) ? name : quote(name);
}
