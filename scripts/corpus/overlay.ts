/** What the corpus looks at in a description. */
export interface Description {
  readonly openapi: string;
  readonly security?: unknown;
  readonly paths?: Readonly<Record<string, object>>;
  readonly components?: {
    readonly schemas?: object;
    readonly securitySchemes?: Readonly<Record<string, Scheme>>;
  };
}

interface Action {
  readonly target: string;
  readonly update: object;
}

/**
 * What a user would say of a description that is not theirs, as an overlay: who issues the tokens, that an operation without a word
 * about security is public, and what this version asks for instead of what it refuses (a key in the URL, an address without TLS).
 */
export function overlayFor(document: Description): string {
  const schemes = document.components?.securitySchemes ?? {};
  const actions: readonly Action[] = [
    {
      target: "$",
      update: { "x-sallyport": { vocabulary: 1 }, ...(document.security === undefined ? { security: [] } : {}) },
    },
    ...Object.entries(schemes).flatMap(([name, scheme]) => actionsFor(name, scheme)),
  ];
  return JSON.stringify({ overlay: "1.0.0", info: { title: "What its users know", version: "1" }, actions });
}

interface Scheme {
  readonly type?: string;
  readonly in?: string;
  readonly scheme?: string;
  readonly openIdConnectUrl?: string;
  readonly flows?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

const jwt = { issuer: "env:ISSUER", audience: ["env:AUDIENCE"], algorithms: ["ES256"] };

function actionsFor(name: string, scheme: Scheme): readonly Action[] {
  const target = `$.components.securitySchemes[${JSON.stringify(name)}]`;
  const isToken = ["oauth2", "openIdConnect"].includes(scheme.type ?? "") || /^bearer$/i.test(scheme.scheme ?? "");
  const update = {
    ...(scheme.type === "apiKey" && scheme.in === "query" ? { in: "header" } : {}),
    ...(isToken ? { "x-sallyport": { jwt } } : {}),
    ...secured(scheme, ["openIdConnectUrl"]),
  };
  const flows = Object.entries(scheme.flows ?? {}).flatMap(([flow, node]) => {
    const urls = secured(node, ["authorizationUrl", "tokenUrl", "refreshUrl"]);
    return Object.keys(urls).length === 0 ? [] : [{ target: `${target}.flows[${JSON.stringify(flow)}]`, update: urls }];
  });
  return [...(Object.keys(update).length === 0 ? [] : [{ target, update }]), ...flows];
}

/** The members that are addresses without TLS, with it. */
function secured(node: object, keys: readonly string[]): Readonly<Record<string, string>> {
  const found = Object.entries(node).flatMap(([key, value]) =>
    keys.includes(key) && typeof value === "string" && /^http:/i.test(value)
      ? [[key, value.replace(/^http:/i, "https:")] as const]
      : [],
  );
  return Object.fromEntries(found);
}
