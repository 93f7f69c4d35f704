import { identifier, propertyKey, use, useModule, useModuleTypes, useType } from "../code/identifier.js";
import type { Code } from "../code/layout.js";
import { arrow, call, generic, type Member, object, parameters, typeLiteral } from "../code/shapes.js";
import { code } from "../code/template.js";
import type { Api, Operation } from "../model/api.js";
import type { Scheme } from "../model/security.js";
import { hasResponseFields } from "./content.js";
import { needsInput } from "./input.js";
import { groupsOf, modules, operationDoc, typeName } from "./names.js";
import { variableNames } from "./policy/server.js";
import { usedSchemes } from "./schemes.js";
import { freeName, sentCode } from "./sent.js";
import { type Components, componentsOf } from "./typescript/components.js";
import type { Fields, View } from "./view.js";

const type = (name: string) => useType(name, modules.client);
const credentials = {
  token: "TokenCredential",
  apiKey: "ApiKeyCredential",
  basic: "BasicCredential",
  http: "HttpCredential",
  certificate: "CertificateCredential",
} as const;

/** client.ts: a client with a method an operation, and one function an operation that a bundler can drop. */
export function clientView(api: Api): View {
  const groups = groupsOf(api);
  const schemes = usedSchemes(api);
  const components = componentsOf(api);
  const taken = new Set(api.operations.map((one) => one.id));
  return {
    template: "client",
    data: {
      hasSchemes: schemes.length > 0,
      isVersioned: api.versioning !== undefined,
      connected: connectedCode(api),
      noticing: noticingCode(api),
      auth: typeLiteral(schemes.map(authMember), { open: true }),
      groups: groups.map(({ name, operations }) => ({
        name: typeName(name, "Client"),
        members: typeLiteral(operations.map(methodMember), { open: true }),
      })),
      members: typeLiteral(
        groups.map(({ name }) => ({ key: name, type: typeName(name, "Client") })),
        { open: true },
      ),
      methods: groups.map(({ name, operations }) => ({
        key: propertyKey(name),
        value: object(operations.map(forward), { open: true }),
      })),
      operations: api.operations.map((one) => functionData(one, components, taken)),
    },
  };
}

/** The policy with the variables of its servers filled in, and options that say the version: where there are any. */
function connectedCode(api: Api): Code {
  const policy = code`${useModule("policy", "./policy.js")}.api`;
  const asked = (name: string) => call(use(name, modules.client), [policy, code`options`]);
  return call(use("connect", modules.client), [
    variableNames(api).length > 0 ? asked("filledIn") : policy,
    api.versioning !== undefined ? asked("atVersion") : code`options`,
  ]);
}

/** Where there are versions, every connection is told what ends; else it is told where there are methods, and a small bundle stays small. */
function noticingCode({ versioning }: Api): Code {
  const policy = code`${useModule("policy", "./policy.js")}.api`;
  return versioning === undefined ? call(use("noticing", modules.client), [policy, code`options`]) : code`options`;
}

export function authMember({ name, kind }: Scheme): Member {
  return { key: name, optional: true, type: type(credentials[kind]) };
}

/** The input and the options of a call. Input that nothing needs may be left out. */
function inputType({ id }: Operation): Code {
  return code`${useModuleTypes("wire", "./wire.js")}.${typeName(id, "Input")}`;
}

function outputType(operation: Operation): Code {
  const wire = useModuleTypes("wire", "./wire.js");
  const isPaged = operation.pagination !== undefined;
  const names = ["Output", ...(isPaged ? ["Item"] : []), ...(hasResponseFields(operation) ? ["Fields"] : [])];
  return generic(
    type(isPaged ? "PagedCall" : "Call"),
    names.map((suffix) => code`${wire}.${typeName(operation.id, suffix)}`),
  );
}

const options = code`options?: ${type("CallOptions")}`;

function methodMember(operation: Operation): Member {
  const input = code`input${needsInput(operation) ? code`` : code`?`}: ${inputType(operation)}`;
  return {
    key: operation.id,
    type: code`${parameters([input, options])} => ${outputType(operation)}`,
    doc: operationDoc(operation, ...(operation.deprecated ? [{ tag: "deprecated" } as const] : [])),
  };
}

function forward({ id }: Operation) {
  const call = code`${identifier(id)}(caller, input, options)`;
  return { key: id, value: arrow(code`(input, options)`, call) };
}

/** Pages are gone through by a value, so that a bundle without pages has nothing of it. */
function sentBy({ pagination }: Operation, taken: ReadonlySet<string>, args: readonly Code[]): Code {
  if (pagination === undefined) return call(code`caller.send`, args);
  return call(use("paged", modules.client, freeName("paged", taken)), [code`caller`, ...args]);
}

function functionData(operation: Operation, components: Components, taken: ReadonlySet<string>): Fields {
  const { id } = operation;
  const input = code`input: ${inputType(operation)}${needsInput(operation) ? code`` : code` = {}`}`;
  return {
    doc: operationDoc(operation),
    name: identifier(id),
    parameters: parameters([code`caller: ${type("Caller")}`, input, options]),
    output: outputType(operation),
    sent: sentBy(operation, taken, [sentCode(operation, components, taken), code`input`, code`options`]),
  };
}
