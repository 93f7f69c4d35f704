import { escapeInvisible } from "../code/quote.js";
import type { Api } from "../model/api.js";
import { plainValues, type ValueOptions } from "../model/held.js";
import type { Spec } from "../model/spec.js";
import { prepare } from "./types/prepare.js";
import type { Prepared } from "./types/schema.js";

/**
 * The text of types.ts without its header, as openapi-typescript prints it from a prepared document. The library is loaded only when
 * types are wanted: it brings the TypeScript compiler with it.
 */
export async function typesText(
  spec: Spec,
  api: Pick<Api, "operations">,
  values: ValueOptions = plainValues,
): Promise<string> {
  const { astToString, createRef, injectOperationObject, resolveRef, transformSchema, transformSchemaObject } =
    await printer();
  const [{ tupleType }, { heldType }, { emptyType }] = await Promise.all([
    import("./types/tuple.js"),
    import("./types/held.js"),
    import("./types/empty.js"),
  ]);
  const { more, ...document } = prepare(spec, api, values);
  const ctx = {
    additionalProperties: false,
    alphabetize: false,
    arrayLength: false,
    conditionalEnums: false,
    dedupeEnums: false,
    defaultNonNullable: false,
    discriminators: { objects: {}, refsHandled: [] },
    emptyObjectsUnknown: true,
    enum: false,
    enumValues: false,
    excludeDeprecated: false,
    exportType: false,
    generatePathParams: false,
    immutable: false,
    injectFooter: [],
    inject: undefined,
    makePathsEnum: false,
    pathParamsAsTypes: false,
    postTransform: undefined,
    propertiesRequiredByDefault: false,
    readWriteMarkers: false,
    redoc: undefined,
    resolve: (ref: string) => resolveRef(document as never, ref, { silent: true }),
    rootTypes: false,
    rootTypesKeepCasing: false,
    rootTypesNoSchemaPrefix: false,
    silent: true,
    transform: (schema: unknown, options: unknown) =>
      heldType(schema as Prepared) ??
      emptyType(schema as Prepared) ??
      tupleType(schema as Prepared, (one) => transformSchemaObject(one as never, options as never)),
    transformProperty: undefined,
  };
  for (const { key, operation } of more) {
    injectOperationObject(key, operation as never, { ctx: ctx as never, path: createRef(["operations", key]) });
  }
  const printed = astToString(transformSchema(document as never, ctx as never));
  return escapeInvisible(printed).replace(/^type WithRequired<[^;]+;\s+\};$/m, withRequired);
}

type Library = Pick<
  typeof import("openapi-typescript"),
  "astToString" | "createRef" | "injectOperationObject" | "resolveRef" | "transformSchema" | "transformSchemaObject"
>;

/** What prints, without what loads and lints documents: that is a third of a second, and we have done both. */
async function printer(): Promise<Library> {
  const part = (name: string) => import(`openapi-typescript/dist/${name}.mjs`);
  try {
    const [text, tools, whole, operation, schema] = await Promise.all([
      part("lib/ts"),
      part("lib/utils"),
      part("transform/index"),
      part("transform/operation-object"),
      part("transform/schema-object"),
    ]);
    const library: Library = {
      astToString: text.astToString,
      createRef: tools.createRef,
      injectOperationObject: operation.injectOperationObject,
      resolveRef: tools.resolveRef,
      transformSchema: whole.default,
      transformSchemaObject: schema.default,
    };
    if (Object.values(library).every((one) => typeof one === "function")) return library;
  } catch {
    // The whole of it has all of them.
  }
  // Another release may be laid out otherwise.
  return import("openapi-typescript");
}

/** The library's own helper asks for keys of the whole type, and one that may be null has none. */
const withRequired = `type WithRequired<T, K extends keyof NonNullable<T>> = T & {
    [P in K]-?: NonNullable<T>[P];
};`;
