import { docComment } from "../code/comment.js";
import { identifier, member, useModule, useType } from "../code/identifier.js";
import type { Code } from "../code/layout.js";
import { literal } from "../code/literal.js";
import { generic, type Member, object, typeLiteral, union } from "../code/shapes.js";
import { code } from "../code/template.js";
import type { Api, Field, Operation, ResponseCase } from "../model/api.js";
import type { Access } from "../model/security.js";
import { bodyType, replyBodyType } from "./content.js";
import { isGiven } from "./input.js";
import { type Group, groupsOf, modules, operationDoc, typeName } from "./names.js";
import { usedSchemes } from "./schemes.js";
import { type Objects, objectsOf } from "./server/objects.js";
import { type Components, componentsOf } from "./typescript/components.js";
import { typeOf } from "./typescript.js";
import type { Fields, View } from "./view.js";

const type = (name: string) => useType(name, modules.server);

/** server.ts: what the user writes, typed, and the contract that is compiled into guards. */
export function serverView(api: Api): View {
  const components = componentsOf(api);
  const objects = objectsOf(api, components);
  const groups = groupsOf(api);
  const operations = api.operations.map((one) => operationData(one, components, objects));
  return {
    template: "server",
    data: {
      operations,
      hasSchemas: components.areUsed(),
      objects: objects.all.map(({ key, name, type: content }) => ({
        doc: docComment(`What the loader of \`${key}\` answers: what the spec says of it, and whose it is.`),
        name,
        type: content,
      })),
      groups: groups.map(groupData),
      handlers: typeLiteral(
        groups.map(({ name }) => ({ key: name, type: typeName(name, "Handlers") })),
        { open: true },
      ),
      options: typeLiteral(optionMembers(api, objects), { open: true }),
      contract: object(api.operations.map(contractEntry), { open: true }),
    },
  };
}

function operationData(operation: Operation, components: Components, objects: Objects): Fields {
  const members = callMembers(operation, components, objects);
  return {
    doc: operationDoc(operation),
    call: typeName(operation.id, "Call"),
    hasMembers: members.length > 0,
    members: typeLiteral(members, { open: true }),
    reply: typeName(operation.id, "Reply"),
    replyType: replyType(operation, components),
  };
}

/** What a handler is told: only what the guards before it have proved. */
function callMembers(operation: Operation, components: Components, objects: Objects): readonly Member[] {
  const { path, query, header, cookie, body } = operation.request;
  const parts = { path, query, header, cookie };
  const principal = principalType(operation.access);
  const content = bodyType(operation, components);
  return [
    ...(principal === undefined ? [] : [{ key: "principal", type: principal }]),
    ...Object.entries(parts)
      .filter(([, fields]) => fields.length > 0)
      .map(([key, fields]) => ({ key, type: fieldsType(fields, components) })),
    ...(content === undefined
      ? []
      : [{ key: "body", type: body?.required === true ? content : union([content, code`undefined`]) }]),
    ...(operation.object === undefined ? [] : [{ key: "object", type: objects.nameOf(operation.object.type) }]),
  ];
}

/** Nobody is known where everybody may call; somebody may be where `{}` lets strangers in. */
function principalType(access: Access): Code | undefined {
  if (access.kind === "public") return undefined;
  const letsStrangersIn = access.anyOf.some((clause) => clause.length === 0);
  return letsStrangersIn ? code`${type("Principal")} | undefined` : type("Principal");
}

function fieldsType(fields: readonly Field[], components: Components): Code {
  return typeLiteral(
    fields.map((field) => ({
      key: field.name,
      optional: !isGiven(field),
      type: typeOf(field.schema, "request", components),
    })),
  );
}

/** One of the declared responses. */
function replyType(operation: Operation, components: Components): Code {
  return union(operation.responses.map((one) => responseType(operation, one, components)));
}

function responseType(operation: Operation, response: ResponseCase, components: Components): Code {
  const { status } = response;
  const body = replyBodyType(operation, response, components);
  const members = [{ key: "status", type: /^[1-5][0-9]{2}$/.test(status) ? literal(Number(status)) : code`number` }];
  return typeLiteral(body === undefined ? members : [...members, { key: "body", type: body }]);
}

function groupData({ name, operations }: Group): Fields {
  return {
    doc: name === "default" ? docComment("Operations without a tag.") : false,
    name: typeName(name, "Handlers"),
    members: typeLiteral(
      operations.map(({ id }) => ({
        key: id,
        type: generic(type("Handler"), [typeName(id, "Call"), typeName(id, "Reply")]),
      })),
      { open: true },
    ),
  };
}

/** What is required of the user: a verifier a scheme, a loader an object rule. */
function optionMembers(api: Api, objects: Objects): readonly Member[] {
  const schemes = usedSchemes(api).map(({ name, kind }) => ({
    key: name,
    type: code`${type("Verifier")}<${literal(kind)}>`,
  }));
  const loaders = objects.all.map(({ key, name }) => ({ key, type: code`${type("Loader")}<${name}>` }));
  return [
    { key: "handlers", type: identifier("Handlers") },
    ...(schemes.length > 0 ? [{ key: "schemes", type: typeLiteral(schemes, { open: true }) }] : []),
    ...(loaders.length > 0 ? [{ key: "objects", type: typeLiteral(loaders, { open: true }) }] : []),
  ];
}

function contractEntry({ id, group }: Operation) {
  const from = (name: string) => code`${useModule(name, `./${name}.js`)}${member(id)}`;
  const value = object([
    { key: "group", value: literal(group) },
    ...["policy", "wire", "schemas"].map((name) => ({ key: name, value: from(name) })),
  ]);
  return { key: id, value };
}
