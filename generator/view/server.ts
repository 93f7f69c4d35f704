import { docComment } from "../code/comment.js";
import { identifier, member, use, useModule, useType } from "../code/identifier.js";
import type { Code } from "../code/layout.js";
import { literal } from "../code/literal.js";
import {
  assigned,
  generic,
  intersection,
  type Member,
  object,
  parenthesized,
  typeLiteral,
  union,
} from "../code/shapes.js";
import { code } from "../code/template.js";
import type { Api, Field, Operation } from "../model/api.js";
import { unescaped } from "../model/json-pointer.js";
import type { ObjectRule, RoleRule } from "../model/security.js";
import { bodyTypes } from "./content.js";
import { codecOf } from "./media.js";
import { type Group, groupsOf, modules, operationDoc, typeName } from "./names.js";
import { mediaName, repliesType } from "./replies.js";
import { usedSchemes } from "./schemes.js";
import { type Objects, objectsOf } from "./server/objects.js";
import { principalType, roleType } from "./server/principal.js";
import { type Components, componentsOf } from "./typescript/components.js";
import { isThere } from "./typescript/forms.js";
import { typeOf } from "./typescript.js";
import type { Fields, View } from "./view.js";

const type = (name: string) => useType(name, modules.server);

/** server.ts: what the user writes, typed, and the contract that is compiled into guards. */
export function serverView(api: Api): View {
  const components = componentsOf(api);
  const objects = objectsOf(api, components);
  const groups = groupsOf(api);
  const operations = api.operations.map((one) => operationData(one, api, components, objects));
  return {
    template: "server",
    data: {
      operations,
      hasSchemas: components.areUsed(),
      role: roleType(api),
      objects: objects.all.map(({ key, name, type: content }) => ({
        doc: docComment(`What the server knows of \`${key}\`: what the spec says of it, and whose it is.`),
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

function operationData(operation: Operation, api: Api, components: Components, objects: Objects): Fields {
  const members = callMembers(operation, api, components, objects);
  const cases = bodyCases(operation, components);
  return {
    doc: operationDoc(operation),
    call: typeName(operation.id, "Call"),
    hasMembers: members.length > 0 && cases === undefined,
    otherwise: assigned(
      intersection([
        type("Call"),
        ...(cases === undefined || members.length === 0 ? [] : [typeLiteral(members)]),
        ...(cases === undefined ? [] : [parenthesized(cases)]),
      ]),
    ),
    members: typeLiteral(members, { open: true }),
    reply: typeName(operation.id, "Reply"),
    replyType: replyType(operation, components, objects),
  };
}

/** What a handler is told: only what the guards before it have proved. */
function callMembers(operation: Operation, api: Api, components: Components, objects: Objects): readonly Member[] {
  const { path, query, header, cookie, body } = operation.request;
  const parts = { path, query, header, cookie };
  const principal = principalType(operation, api, type("Principal"));
  const bodies = bodyTypes(operation, "handler", components);
  const content = bodies.length === 1 ? bodies[0]?.[1] : undefined;
  const accepts = acceptType(operation);
  return [
    ...(principal === undefined ? [] : [{ key: "principal", type: principal }]),
    ...Object.entries(parts)
      .filter(([, fields]) => fields.length > 0)
      .map(([key, fields]) => ({ key, type: fieldsType(fields, components) })),
    ...(content === undefined
      ? []
      : [{ key: "body", type: body?.required === true ? content : union([content, code`undefined`]) }]),
    ...(accepts === undefined ? [] : [{ key: "accept", type: accepts }]),
    ...versionMembers(operation, api),
    ...(sendsEvents(operation) ? [lastEventId] : []),
    ...aboutMembers(operation.object, objects),
  ];
}

/** What the object rule finds: the object, or all of them; or which objects of a list the handler may ask for. */
function aboutMembers(rule: ObjectRule | undefined, objects: Objects): readonly Member[] {
  if (rule === undefined) return [];
  const { target, whose, unless, type: key } = rule;
  if (target.kind === "named") {
    const name = objects.nameOf(key);
    return [target.many ? { key: "objects", type: code`readonly ${name}[]` } : { key: "object", type: name }];
  }
  if (target.list === "assert" || whose.kind === "custom") return [];
  const scope = typeLiteral([{ key: whose.field, type: code`string` }]);
  const type = unless.length === 0 ? scope : union([scope, literal("all")]);
  return [{ key: "scope", type, doc: docComment("Which objects the handler may ask for.") }];
}

/** The version that the call is for: one that has the operation. */
function versionMembers({ since }: Operation, { versioning }: Api): readonly Member[] {
  const names = versioning?.supported.map(({ name }) => name) ?? [];
  const own = since === undefined ? names : names.slice(names.indexOf(since));
  return own.length === 0 ? [] : [{ key: "version", type: union(own.map((name) => literal(name))) }];
}

const lastEventId: Member = {
  key: "lastEventId",
  type: code`string | undefined`,
  doc: docComment("The last event that the caller has seen, where it lost the stream."),
};

function sendsEvents({ responses }: Operation): boolean {
  return responses.some((one) => one.media.some(({ type }) => type === "text/event-stream"));
}

/** The media type of a success that the caller wants most, where there are several. */
function acceptType({ responses }: Operation): Code | undefined {
  const types = new Set(
    responses.filter((one) => one.status.startsWith("2")).flatMap((one) => one.media.map(({ type }) => type)),
  );
  return types.size < 2 ? undefined : union([...types].map(mediaName));
}

/** What came, where a body may come in several media types. */
function bodyCases(operation: Operation, components: Components): Code | undefined {
  const bodies = bodyTypes(operation, "handler", components);
  if (bodies.length < 2) return undefined;
  const cases = bodies.map(([media, content]) =>
    typeLiteral([
      { key: "bodyType", type: literal(media.type) },
      { key: "body", type: content },
    ]),
  );
  const none = typeLiteral([
    { key: "bodyType", type: code`undefined` },
    { key: "body", type: code`undefined` },
  ]);
  return union(operation.request.body?.required === true ? cases : [...cases, none]);
}

function fieldsType(fields: readonly Field[], components: Components): Code {
  return typeLiteral(
    fields.map((field) => ({
      key: field.name,
      optional: !isThere(field, "received", components.find),
      type: typeOf(field.schema, "received", components),
    })),
  );
}

/** One of the declared responses. */
function replyType(operation: Operation, components: Components, objects: Objects): Code {
  return repliesType(operation, components, ({ status }) => (status.startsWith("2") ? toldOf(operation, objects) : []));
}

/** What the items of a list say beside what the spec says of them: whose each is, where a guard asks. */
function toldOf({ object: rule, read }: Operation, objects: Objects): readonly Code[] {
  if (rule?.target.kind !== "listed") return [];
  const isAsked = rule.target.list === "assert" || read.some(({ by }) => speaksOfOwner(by));
  if (!isAsked) return [];
  const list = code`readonly ${objects.itemOf(rule)}[]`;
  const names = rule.target.items.split("/").slice(1).reverse();
  return [names.reduce((inner, name) => typeLiteral([{ key: unescaped(name), type: inner }]), list)];
}

function speaksOfOwner(rule: RoleRule): boolean {
  return rule.kind === "owner" || ("of" in rule && rule.of.some(speaksOfOwner));
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

/** What is required of the user: a verifier a scheme, a loader an object, and every rule of its own. */
function optionMembers(api: Api, objects: Objects): readonly Member[] {
  const schemes = usedSchemes(api).map(({ name, kind }) => ({
    key: name,
    type: code`${type("Verifier")}<${literal(kind)}>`,
  }));
  const loaders = objects.loaded.map(({ key, name }) => ({ key, type: code`${type("Loader")}<${name}>` }));
  const rules = objects.rules.map(({ name: key, type: judged }) => ({
    key,
    type: code`${type("CustomRule")}<${judged}>`,
  }));
  return [
    { key: "handlers", type: identifier("Handlers") },
    ...(schemes.length > 0 ? [{ key: "schemes", type: typeLiteral(schemes, { open: true }) }] : []),
    ...(loaders.length > 0 ? [{ key: "objects", type: typeLiteral(loaders, { open: true }) }] : []),
    ...(rules.length > 0 ? [{ key: "rules", type: typeLiteral(rules, { open: true }) }] : []),
  ];
}

function contractEntry({ id, group, request, responses }: Operation) {
  const media = [...(request.body?.media ?? []), ...responses.flatMap((one) => one.media)];
  const isMultipart = media.some((one) => codecOf(one.type) === "multipart");
  const from = (name: string) => code`${useModule(name, `./${name}.js`)}${member(id)}`;
  const value = object([
    { key: "group", value: literal(group) },
    ...["policy", "wire", "schemas"].map((name) => ({ key: name, value: from(name) })),
    ...(isMultipart ? [{ key: "multipart", value: use("multipart", "@sallyport/runtime/multipart") }] : []),
  ]);
  return { key: id, value };
}
