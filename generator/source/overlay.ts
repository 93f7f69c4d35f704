import { type JsonValue, paths as jsonPaths } from "jsonpath-rfc9535";
import type { Diagnostic } from "../code/diagnostic.js";
import type { SpecObject, SpecValue } from "../model/spec.js";
import { complaint } from "./complaint.js";
import type { Positions } from "./positions.js";
import type { ParsedFile } from "./read-file.js";

type Node = Record<string, SpecValue>;

/** An overlay being applied. */
interface Application {
  readonly root: Node;
  readonly positions: Positions;
  readonly allowWidening: boolean;
  readonly faults: Diagnostic[];
}

/**
 * Applies an OpenAPI Overlay (1.0, 1.1) to a description, in place. An action that matches nothing is an error: it was meant to say
 * something, and would say it to nobody.
 */
export function applyOverlay(
  root: SpecObject,
  overlay: ParsedFile,
  positions: Positions,
  allowWidening: boolean,
): readonly Diagnostic[] {
  const run: Application = { root: root as Node, positions, allowWidening, faults: [] };
  const document = overlay.value;
  const actions = isNode(document) ? document.actions : undefined;
  if (
    !isNode(document) ||
    typeof document.overlay !== "string" ||
    !/^1\.[01]\./.test(document.overlay) ||
    !Array.isArray(actions)
  ) {
    const at = isNode(document) ? positions.at(document) : positions.span(overlay.file, 0, 0);
    return [
      complaint(
        "SP601",
        "This is not an OpenAPI Overlay 1.0 or 1.1",
        "Begin it with overlay: 1.0.0, info and actions.",
        at,
      ),
    ];
  }
  for (const action of actions) apply(run, action);
  return run.faults;
}

function apply(run: Application, action: SpecValue): void {
  if (!isNode(action) || typeof action.target !== "string") {
    const at = typeof action === "object" && action !== null ? run.positions.at(action) : undefined;
    run.faults.push(
      complaint("SP601", "An action needs a target", "Write a JSONPath, like $.paths['/accounts'].get.", at),
    );
    return;
  }
  const at = run.positions.at(action, "target");
  const targets = select(run, action.target, at);
  if (targets === undefined) return;
  if (targets.length === 0) {
    run.faults.push(
      complaint("SP603", `The target matches nothing: ${action.target}`, "Correct the path, or drop the action.", at),
    );
    return;
  }
  for (const target of targets) {
    if (action.remove === true) remove(run, target);
    else if (action.update !== undefined) update(run, target, action);
    else
      run.faults.push(
        complaint("SP601", "An action needs update or remove", "Say what is to become of the target.", at),
      );
  }
}

/** Where an expression points: the keys from the root, one list a match, longest first so that removals do not move others. */
function select(
  run: Application,
  target: string,
  at: ReturnType<Positions["at"]>,
): readonly (readonly string[])[] | undefined {
  try {
    return jsonPaths(run.root as JsonValue, target)
      .map(keysOf)
      .sort((a, b) => b.length - a.length || Number(b.at(-1)) - Number(a.at(-1)) || 0);
  } catch {
    const fix = "Write a JSONPath of RFC 9535, like $.paths['/accounts'].get.";
    run.faults.push(complaint("SP602", `The target is no JSONPath: ${target}`, fix, at));
    return undefined;
  }
}

/** The keys of a normalized path (RFC 9535, 2.7): `$['paths'][0]`. */
function keysOf(path: string): readonly string[] {
  return [...path.matchAll(/\['((?:[^'\\]|\\.)*)'\]|\[(\d+)\]/gs)].map(([, name, index]) =>
    name === undefined
      ? (index ?? "")
      : (JSON.parse(`"${name.replaceAll("\\'", "'").replaceAll('"', '\\"')}"`) as string),
  );
}

function nodeAt(run: Application, path: readonly string[]): SpecValue | undefined {
  return path.reduce<SpecValue | undefined>((at, key) => (isContainer(at) ? (at as Node)[key] : undefined), run.root);
}

function remove(run: Application, path: readonly string[]): void {
  const parent = nodeAt(run, path.slice(0, -1));
  const key = path.at(-1);
  if (key === undefined || !isContainer(parent)) return;
  if (Array.isArray(parent)) parent.splice(Number(key), 1);
  else delete (parent as Node)[key];
}

function update(run: Application, path: readonly string[], action: Node): void {
  const target = nodeAt(run, path);
  const change = action.update;
  const at = run.positions.at(action, "update");
  if (Array.isArray(target)) {
    if (path.at(-1) === "security" && target.length > 0) refuseWidening(run, at);
    target.push(copy(run, change ?? null));
  } else if (isNode(target) && isNode(change)) {
    merge(run, target, change, path);
  } else {
    run.faults.push(
      complaint("SP604", "The target is neither an object nor a list", "Aim at the object that holds the value.", at),
    );
  }
}

/** Overlay 4.4.3: objects are merged, lists concatenated, other values replaced. */
function merge(run: Application, target: Node, change: Node, path: readonly string[]): void {
  for (const key of Object.keys(change)) {
    const [old, next] = [Object.hasOwn(target, key) ? target[key] : undefined, change[key] ?? null];
    if (isNode(old) && isNode(next)) {
      merge(run, old, next, [...path, key]);
    } else if (Array.isArray(old) && Array.isArray(next)) {
      // One more requirement is one more way in; and an empty list takes every requirement away.
      if (key === "security" && old.length > 0) refuseWidening(run, run.positions.at(change, key));
      old.push(...next.map((item) => copy(run, item)));
    } else {
      target[key] = copy(run, next);
      adopt(run, target, key, change);
    }
  }
}

function refuseWidening(run: Application, at: ReturnType<Positions["at"]>): void {
  if (run.allowWidening) return;
  const fix = "Remove the old requirements first, or pass --allow-widening if that is what you want.";
  run.faults.push(complaint("SP605", "The overlay adds a way in: security requirements are alternatives", fix, at));
}

/** A copy, so that one action may serve many targets. It keeps the place where it was written. */
function copy(run: Application, value: SpecValue): SpecValue {
  if (!isContainer(value)) return value;
  const made: SpecValue = Array.isArray(value)
    ? value.map((item) => copy(run, item))
    : Object.assign(
        Object.create(null),
        Object.fromEntries(Object.keys(value).map((key) => [key, copy(run, (value as Node)[key] ?? null)])),
      );
  run.positions.inherit(made as object, value as object);
  return made;
}

/** An entry that came from an overlay stands there, not in the description. */
function adopt(run: Application, target: Node, key: string, change: Node): void {
  run.positions.adopt(target, key, change);
}

function isContainer(value: SpecValue | undefined): value is SpecObject | readonly SpecValue[] {
  return typeof value === "object" && value !== null;
}

function isNode(value: SpecValue | undefined): value is Node {
  return isContainer(value) && !Array.isArray(value);
}
