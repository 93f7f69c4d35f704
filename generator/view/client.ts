import { identifier, member, propertyKey, use, useModule, useModuleTypes, useType } from "../code/identifier.js";
import type { Code } from "../code/layout.js";
import { literal } from "../code/literal.js";
import { array, arrow, call, type Member, object, parameters, typeLiteral } from "../code/shapes.js";
import { code } from "../code/template.js";
import type { Api, Operation } from "../model/api.js";
import type { Scheme } from "../model/security.js";
import { needsInput } from "./input.js";
import { codecOf } from "./media.js";
import { groupsOf, modules, operationDoc, typeName } from "./names.js";
import { usedSchemes } from "./schemes.js";
import type { Fields, View } from "./view.js";

const type = (name: string) => useType(name, modules.client);
const credentials = {
  token: "TokenCredential",
  apiKey: "ApiKeyCredential",
  basic: "BasicCredential",
  certificate: "CertificateCredential",
} as const;

/** client.ts: a client with a method an operation, and one function an operation that a bundler can drop. */
export function clientView(api: Api): View {
  const groups = groupsOf(api);
  const schemes = usedSchemes(api);
  return {
    template: "client",
    data: {
      hasSchemes: schemes.length > 0,
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
      operations: api.operations.map(functionData),
    },
  };
}

export function authMember({ name, kind }: Scheme): Member {
  return { key: name, optional: true, type: type(credentials[kind]) };
}

/** The input and the options of a call. Input that nothing needs may be left out. */
function inputType({ id }: Operation): Code {
  return code`${useModuleTypes("wire", "./wire.js")}.${typeName(id, "Input")}`;
}

function outputType({ id }: Operation): Code {
  return code`${type("Call")}<${useModuleTypes("wire", "./wire.js")}.${typeName(id, "Output")}>`;
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

/** Codecs that most operations do not need: only what is named here is in a bundle. */
function codecsOf({ request, responses }: Operation): readonly ("items" | "multipart" | "multipartAnswers")[] {
  const sent = (request.body?.media ?? []).map((one) => codecOf(one.type));
  const received = responses.flatMap((one) => one.media.map(({ type }) => codecOf(type)));
  return [
    ...(sent.includes("multipart") ? ["multipart" as const] : []),
    ...(received.includes("multipart") ? ["multipartAnswers" as const] : []),
    ...([...sent, ...received].includes("items") ? ["items" as const] : []),
  ];
}

function functionData(operation: Operation): Fields {
  const { id } = operation;
  const codecs = codecsOf(operation);
  const from = (name: string) => code`${useModule(name, `./${name}.js`)}${member(id)}`;
  const input = code`input: ${inputType(operation)}${needsInput(operation) ? code`` : code` = {}`}`;
  const sent = object([
    { key: "id", value: literal(id) },
    { key: "policy", value: from("policy") },
    { key: "wire", value: from("wire") },
    ...(codecs.length > 0 ? [{ key: "codecs", value: array(codecs.map((name) => use(name, modules.client))) }] : []),
  ]);
  return {
    doc: operationDoc(operation),
    name: identifier(id),
    parameters: parameters([code`caller: ${type("Caller")}`, input, options]),
    output: outputType(operation),
    sent: call(code`caller.send`, [sent, code`input`, code`options`]),
  };
}
