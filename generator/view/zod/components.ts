import { identifier } from "../../code/identifier.js";
import type { Code } from "../../code/layout.js";
import { print as layOut } from "../../code/print.js";
import type { NamedSchema, Schema } from "../../model/schema.js";
import { type Context, type Direction, defaultOptions, ownValue, type SchemaOptions } from "./context.js";
import { flatten } from "./flatten.js";
import { noteOf } from "./object.js";
import { print } from "./print.js";
import { plainObject } from "./spread.js";

/** The suffix of a component's request form, where it differs from its response form. Settling keeps such names free. */
const requestSuffix = "Input";

/** Component schemas, and how their consts are called in each direction. */
export interface Catalogue {
  readonly options: SchemaOptions;
  readonly all: readonly NamedSchema[];
  readonly schema: (name: string) => Schema | undefined;
  readonly isRecursive: (name: string) => boolean;
  readonly constName: (name: string, direction: Direction) => string;
}

/** What printing tells the module that it is printed into. */
export interface Listener extends Pick<Context, "use" | "complain"> {
  readonly onRef: (name: string) => void;
}

export function catalogue(all: readonly NamedSchema[], options: SchemaOptions = defaultOptions): Catalogue {
  const byName = new Map(all.map((one) => [one.name, one]));
  const schema = (name: string) => byName.get(name)?.schema;
  const isRecursive = (name: string) => byName.get(name)?.recursive ?? false;
  const oneForm: Catalogue = { options, all, schema, isRecursive, constName: (name) => name };
  if (options.plain) return oneForm;
  const twofold = twoForms(oneForm);
  const constName = (name: string, direction: Direction) =>
    direction === "request" && twofold.has(name) ? `${name}${requestSuffix}` : name;
  return { ...oneForm, constName };
}

/**
 * The context in which a schema is printed.
 * @param within the component that it belongs to.
 */
export function contextOf(
  direction: Direction,
  components: Catalogue,
  listener: Listener,
  within?: NamedSchema,
): Context {
  return {
    direction: components.options.plain ? "plain" : direction,
    formats: components.options.formats,
    components: components.schema,
    around: new Set(within === undefined ? [] : [within.name]),
    use: listener.use,
    complain: listener.complain,
    ref: (name) => {
      // Among recursive components all is looked up late: none has to stand before another.
      if (!within?.recursive || !components.isRecursive(name)) listener.onRef(name);
      return identifier(components.constName(name, direction));
    },
    spread: (name) => {
      if (!isSpreadable(name, direction, components)) return undefined;
      listener.onRef(name);
      return identifier(components.constName(name, direction));
    },
  };
}

/** Whether the const of a component is a zod object, whose shape can be spread. */
function isSpreadable(name: string, direction: Direction, components: Catalogue): boolean {
  const schema = components.schema(name);
  if (schema?.kind !== "assertions" || components.isRecursive(name)) return false;
  const object = plainObject(schema, components.schema);
  const typed = flatten(schema.assertions, components.schema).types?.join() === "object";
  if (object === undefined || !typed || object.properties.length === 0) return false;
  const whole = object.required.every((one) => object.properties.some((property) => property.name === one));
  return whole && !(direction === "request" && object.properties.some((one) => noteOf(one.schema)?.readOnly));
}

/** The names of components whose request form is not their response form, in themselves or in what they refer to. */
function twoForms(components: Catalogue): ReadonlySet<string> {
  const refs = new Map<string, ReadonlySet<string>>();
  const found = new Set<string>();
  const both = components.all.filter((one) => one.inRequests && one.inResponses);
  for (const component of both) {
    const names = new Set<string>();
    const listener: Listener = { use: identifier, complain: () => {}, onRef: (name) => names.add(name) };
    const [request, response] = (["request", "response"] as const).map((direction) => {
      const context = contextOf(direction, components, listener);
      return layOut(print(component.schema, context));
    });
    refs.set(component.name, names);
    if (request !== response) found.add(component.name);
  }
  for (let before = -1; before < found.size; ) {
    before = found.size;
    for (const [name, names] of refs) if ([...names].some((one) => found.has(one))) found.add(name);
  }
  return found;
}

/** A const of `schemas.ts`. */
export interface Const {
  readonly name: string;
  readonly component: NamedSchema;
  readonly direction: Direction;
  /** Requests and responses have a const each. */
  readonly twofold: boolean;
  readonly value: Code;
}

/** The consts of all components that operations reach: each after those that it needs, by name where that leaves a choice. */
export function printConsts(
  components: Catalogue,
  listener: (at: NamedSchema) => Omit<Listener, "onRef">,
): readonly Const[] {
  const done = new Map<string, Const>();
  const byName = new Map(components.all.map((one) => [one.name, one]));
  const emit = (component: NamedSchema, direction: Direction): void => {
    const name = components.constName(component.name, direction);
    if (done.has(name) || started.has(name)) return;
    started.add(name);
    const needs = new Set<string>();
    const context = contextOf(
      direction,
      components,
      { ...listener(component), onRef: (one) => needs.add(one) },
      component,
    );
    const value = print(component.schema, context, { ...ownValue, open: true });
    for (const need of [...needs].sort()) {
      const target = byName.get(need);
      if (target !== undefined) emit(target, direction);
    }
    const twofold =
      components.constName(component.name, "response") !== components.constName(component.name, "request");
    done.set(name, { name, component, direction, twofold, value });
  };
  const started = new Set<string>();
  for (const component of components.all) {
    if (component.inResponses) emit(component, "response");
    if (component.inRequests) emit(component, "request");
  }
  return [...done.values()];
}
