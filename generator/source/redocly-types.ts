import type { NodeType, Plugin } from "@redocly/openapi-core";

type Types = Readonly<Record<string, NodeType>>;

/** What the specification says otherwise than Redocly 2.64. */
export const corrections: Plugin = {
  id: "sallyport",
  typeExtension: {
    oas3: (types, version) => {
      if (version === "oas3_2") return since32(since31(types));
      return version === "oas3_1" ? since31(types) : types;
    },
  },
};

/** JSON Schema core, 8.1.2: `$vocabulary` is an object. */
function since31(types: Types): Types {
  return withFields(types, "Schema", { $vocabulary: null });
}

/**
 * OpenAPI 3.2: cookies have a style of their own (4.12.2.2), media types are components (4.7.1), encodings nest (4.15.1), a response need
 * not be described (4.17.1), and the device flow has scopes (4.29.1).
 */
function since32(types: Types): Types {
  const named: Types = {
    ...types,
    Response: { ...typeOf(types, "Response"), required: [] },
    NamedMediaTypes: typeOf(types, "MediaTypesMap"),
    Encodings: { properties: {}, items: "Encoding" },
    Scopes: { properties: {}, additionalProperties: { type: "string" } },
  };
  const changes: readonly (readonly [string, NodeType["properties"]])[] = [
    ["Parameter", { style: { enum: [...stylesIn(types), "cookie"] } }],
    ["Encoding", { encoding: "EncodingMap", prefixEncoding: "Encodings", itemEncoding: "Encoding" }],
    ["DeviceAuthorization", { scopes: "Scopes" }],
  ];
  return changes.reduce((all, [name, fields]) => withFields(all, name, fields), named);
}

function stylesIn(types: Types): readonly string[] {
  const { style } = typeOf(types, "Parameter").properties;
  return typeof style === "object" && style !== null && "enum" in style ? (style.enum ?? []) : [];
}

function withFields(types: Types, name: string, fields: NodeType["properties"]): Types {
  const type = typeOf(types, name);
  return { ...types, [name]: { ...type, properties: { ...type.properties, ...fields } } };
}

function typeOf(types: Types, name: string): NodeType {
  return types[name] ?? { properties: {} };
}
