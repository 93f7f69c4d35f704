import type { Diagnostic, SourceSpan } from "../code/diagnostic.js";
import type { Spec, SpecObject, SpecValue } from "../model/spec.js";
import { isPublic } from "../source/addresses.js";
import { annotationOf } from "./annotations.js";
import { error } from "./complaint.js";
import { isObject, type Place, placesOf } from "./places.js";

const schemes = ["https", "http", "wss", "ws"];

/** Rules for URLs that let more past than they seem to, or everything, or nothing (OWASP API7). */
export function urlFaults(spec: Spec): readonly Diagnostic[] {
  return placesOf(spec).flatMap((place) => {
    const rule = annotationOf(place.node)?.url;
    return isObject(rule) ? [...placeFaults(spec, place, rule), ...ruleFaults(spec, rule)] : [];
  });
}

function placeFaults(spec: Spec, { node, role }: Place, rule: SpecObject): readonly Diagnostic[] {
  const at = spec.at(annotationOf(node) ?? rule, "url", "key");
  if (role === "header") {
    const fix = "Say it of what callers send: the server does not call what it answers.";
    return [fault("url says nothing about a header of a response or a part", fix, at)];
  }
  const schema = role === "parameter" && isObject(node.schema) ? node.schema : node;
  const types = [schema.type ?? "string"].flat();
  if (schema.format === "binary")
    return [fault("url is said of a file", "Say it of a text: octets are handed on as they come.", at)];
  if (types.includes("string")) return [];
  return [fault("url is said of what is no text", "Say it of the property, or the items, that hold the URL.", at)];
}

function ruleFaults(spec: Spec, rule: SpecObject): readonly Diagnostic[] {
  const isPrivate = rule.private === "allow";
  return [
    ...listFaults(spec, rule, "schemes", (one) =>
      schemes.includes(one)
        ? undefined
        : [`${JSON.stringify(one)} is no scheme that is guarded`, `Known: ${schemes.join(", ")}.`],
    ),
    ...listFaults(spec, rule, "hosts", (one) => hostFault(one, isPrivate)),
  ];
}

type Judge = (text: string) => readonly [string, string] | undefined;

function listFaults(spec: Spec, rule: SpecObject, key: "schemes" | "hosts", judge: Judge): readonly Diagnostic[] {
  const list: SpecValue | undefined = rule[key];
  if (!Array.isArray(list)) return [];
  if (list.length === 0)
    return [fault(`${key} is empty: no URL would be allowed`, `List some, or drop ${key}.`, spec.at(rule, key, "key"))];
  return list.flatMap((one: SpecValue, index) => {
    const found = typeof one === "string" ? judge(one) : undefined;
    return found === undefined ? [] : [fault(...found, spec.at(list, index))];
  });
}

function hostFault(text: string, isPrivate: boolean): readonly [string, string] | undefined {
  const [, wild, name = "", port] = /^(\*\.)?([^:@/?#\\[\]]+|\[[0-9A-Fa-f:.]+\])(?::([1-9]\d{0,4}))?$/.exec(text) ?? [];
  if (name === "*" && wild === undefined && fitsPort(port)) return undefined;
  const shown = JSON.stringify(text);
  const url =
    name !== "" && !name.includes("*") && URL.canParse(`https://${name}/`) ? new URL(`https://${name}/`) : undefined;
  const host = url?.hostname ?? "";
  if (host === "" || !fitsPort(port))
    return [`${shown} is no host`, "Write hooks.example.com, *.example.com, hooks.example.com:8443 or *."];
  if (host !== name || host.endsWith(".")) {
    const usual = host.replace(/\.$/, "");
    return [`${shown} is not how URLs spell the host`, `Write ${JSON.stringify(usual)}.`];
  }
  const isAddress = host.startsWith("[") || /^\d+\.\d+\.\d+\.\d+$/.test(host);
  if (wild !== undefined && (isAddress || !host.includes(".")))
    return [`${shown} allows a whole top-level domain, or a part of an address`, "Name the domain that is yours."];
  const isHidden = host === "localhost" || (isAddress && !isPublic(host.replace(/^\[|\]$/g, "")));
  return isHidden && !isPrivate
    ? [`${shown} is not public, and private: deny refuses it`, "Drop it, or say private: allow."]
    : undefined;
}

function fitsPort(port: string | undefined): boolean {
  return port === undefined || Number(port) <= 65_535;
}

function fault(message: string, fix: string, at: SourceSpan): Diagnostic {
  return error("SP398", message, fix, at);
}
