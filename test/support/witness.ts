import { use } from "../../generator/code/identifier.js";
import { importsOf } from "../../generator/code/imports.js";
import type { Code, Use } from "../../generator/code/layout.js";
import { print, usesOf } from "../../generator/code/print.js";
import type { Api, FieldPlace, Operation } from "../../generator/model/api.js";
import { bodyTypes, replyBodyTypes } from "../../generator/view/content.js";
import { inputMembers } from "../../generator/view/input.js";
import { codecOf } from "../../generator/view/media.js";
import { pascal } from "../../generator/view/names.js";
import { type Components, componentsOf } from "../../generator/view/typescript/components.js";
import { catalogue, printConsts } from "../../generator/view/zod/components.js";

/**
 * A module that compiles only when zod's types and the printed ones agree, each assignable to the other: for every component in
 * both directions, and for every part of every operation. It stands beside the emitted files (all of them) and is checked with
 * them; a line that fails names the component or the part, and its ending the direction.
 *
 * Of arrays alone it does not ask whether they are `readonly`: printed inputs are, so that callers may pass either.
 */
export function witnessOf(api: Api): string {
  const components = componentsOf(api, { immutable: false });
  const parts = [componentClaims(api, components), ...api.operations.map((one) => operationClaims(one, components))];
  const claims = parts.flat();
  const shapes = shapesOf(api);
  const uses = distinct([...claims, ...shapes].flatMap((one) => one.uses));
  const lines = claims.flatMap(({ name, zod, type }) => [
    `export type ${name}_zod = $Fits<${zod}, ${type}>;`,
    `export type ${name}_type = $Fits<${type}, ${zod}>;`,
  ]);
  return [print(importsOf(uses)), preamble, ...shapes.map((one) => one.text), ...lines, ""].join("\n");
}

const preamble = `import type { Instant, PlainDate } from "@sallyport/runtime/policy";
import type * as zod from "zod";
import type * as schemas from "./schemas.js";
import type * as server from "./server.js";
import type { components as $components } from "./types.js";
import type * as wire from "./wire.js";

export type Schemas = $components["schemas"];
type $Fits<A extends B, B> = A;
type $Whole = string | number | boolean | bigint | symbol | null | undefined | Uint8Array | Date | Instant | PlainDate;
type $Loose<T> = unknown extends T ? T : T extends $Whole ? T : { -readonly [K in keyof T]: $Loose<T[K]> };
/** zod lets what has a default be undefined; whoever sends it leaves it out. */
type $Given<T> = { [K in keyof T]: Exclude<T[K], undefined> };
`;

/** That two types, written out, are assignable to each other. */
interface Claim {
  readonly name: string;
  readonly zod: string;
  readonly type: string;
  readonly uses: readonly Use[];
}

/** The types of consts that refer to themselves are written down in schemas.ts: here they are inferred. */
function shapesOf({ schemas }: Api): readonly Shape[] {
  const listener = { use: (name: string) => use(name, "@sallyport/runtime/schema", `$${name}`), complain: () => {} };
  const consts = printConsts(catalogue(schemas), () => listener);
  const shapes = consts.filter(({ component }) => component.recursive && component.inComponents);
  return shapes.map(({ name, value }) => {
    const text = `const ${name}_shape = ${print(value)};`;
    const needed = consts
      .filter((one) => text.includes(one.name))
      .flatMap((one) => usesOf(use(one.name, "./schemas.js")));
    return { text, uses: [...usesOf(value), ...needed] };
  });
}

interface Shape {
  readonly text: string;
  readonly uses: readonly Use[];
}

function componentClaims({ schemas }: Api, components: Components): readonly Claim[] {
  const { constName } = catalogue(schemas);
  return schemas.flatMap((component) => {
    if (!component.inComponents) return [];
    const claimOf = (direction: "request" | "response") => {
      const name = constName(component.name, direction);
      const zod = `zod.output<typeof ${component.recursive ? `${name}_shape` : `schemas.${name}`}>`;
      const form = direction === "request" ? "received" : "response";
      return claim(`${name}_${form}`, zod, components.typeOf(component, form));
    };
    return [
      ...(component.inRequests ? [claimOf("request")] : []),
      ...(component.inResponses ? [claimOf("response")] : []),
    ];
  });
}

function operationClaims(operation: Operation, components: Components): readonly Claim[] {
  const { id, request, responses } = operation;
  const schemas = `(typeof schemas)[${JSON.stringify(id)}]`;
  const call = `server.${pascal(id)}Call`;
  const places = (["path", "query", "header", "cookie"] as const).filter((place) => request[place].length > 0);
  const parts = places.flatMap((place) => [
    written(`${id}_${place}`, `zod.output<${schemas}["${place}"]>`, `$Loose<${call}["${place}"]>`),
    written(`${id}_${place}_sent`, `$Given<zod.input<${schemas}["${place}"]>>`, sent(operation, place, components)),
  ]);
  const answers = responses.flatMap((response) => {
    // The numeric keys of an object are numbers to TypeScript.
    const key = /^\d+$/.test(response.status) ? response.status : JSON.stringify(response.status);
    const types = replyBodyTypes(operation, response, "handler", components);
    return contentClaims(`${id}_${key}`, `${schemas}["responses"][${key}]`, types);
  });
  return [
    ...parts,
    ...contentClaims(`${id}_body`, `${schemas}["body"]`, bodyTypes(operation, "handler", components)),
    ...answers,
  ];
}

/** Content that a schema describes as a whole. Of a stream it describes each item, of a multipart body the fields. */
function contentClaims(name: string, zod: string, types: ReturnType<typeof bodyTypes>): readonly Claim[] {
  return types
    .filter(([{ type }]) => ["json", "form", "text"].includes(codecOf(type)))
    .map(([{ type: media }, type]) => claim(`${name}_${media}`, `zod.output<${zod}[${JSON.stringify(media)}]>`, type));
}

/** What a client gives for the parameters of one place, by their names on the wire. */
function sent(operation: Operation, place: FieldPlace, components: Components): string {
  const members = new Map(inputMembers(operation, components).map((one) => [one.key, one]));
  const parts = operation.request[place].map(({ key, name }) => {
    const type = `wire.${pascal(operation.id)}Input[${JSON.stringify(key)}]`;
    const optional = members.get(key)?.optional === true;
    return optional ? `${JSON.stringify(name)}?: Exclude<${type}, undefined>` : `${JSON.stringify(name)}: ${type}`;
  });
  return `$Loose<{ ${parts.join("; ")} }>`;
}

/** Many claims use the same names. */
function distinct(uses: readonly Use[]): readonly Use[] {
  return [...new Map(uses.map((one) => [JSON.stringify(one), one])).values()];
}

function claim(name: string, zod: string, type: Code): Claim {
  return { ...written(name, zod, print(type)), uses: usesOf(type) };
}

/** A complaint names a line, and a line a claim. */
function inOneLine(type: string): string {
  return type.replace(/\n\s*/g, " ");
}

function written(name: string, zod: string, type: string): Claim {
  return { name: name.replace(/[^\w$]/g, "_"), zod, type: inOneLine(type), uses: [] };
}
