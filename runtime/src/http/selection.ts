import { isMoment } from "../policy/index.js";
import { pointerOf, tokensOf } from "./pointer.js";

/**
 * Places in a value, compiled from pointers in which `*` is every item of a list or value of a map, and `**` any depth. One value is
 * walked once, however many pointers there are.
 */
export interface Selection {
  /** Properties that are selected here. */
  readonly here: ReadonlySet<string>;
  /** Whether items, and properties of every name, are selected here. */
  readonly each: boolean;
  /** What is selected below a property of this name. */
  readonly below: ReadonlyMap<string, Selection>;
  /** What is selected below items, and below properties of other names; `undefined`: nothing. */
  readonly rest: Selection | undefined;
}

/** One step of a pointer. Pointers that begin alike share their steps. */
interface Fork {
  readonly id: number;
  readonly names: Map<string, Fork>;
  ends: boolean;
  each: Fork | undefined;
  deep: Fork | undefined;
  readonly isDeep: boolean;
}

/** Compiles pointers. None of them ends with `**`. */
export function select(pointers: readonly string[]): Selection {
  let count = 0;
  const fork = (isDeep = false): Fork => ({
    id: count++,
    names: new Map(),
    ends: false,
    each: undefined,
    deep: undefined,
    isDeep,
  });
  const root = fork();
  for (const pointer of pointers) {
    let at = root;
    for (const token of tokensOf(pointer)) {
      if (token === "*") at = at.each ??= fork();
      else if (token === "**") at = at.deep ??= fork(true);
      else {
        const next = at.names.get(token) ?? fork();
        at.names.set(token, next);
        at = next;
      }
    }
    at.ends = true;
  }
  return stateOf([root], new Map()) ?? nowhere;
}

const nowhere: Selection = { here: new Set(), each: false, below: new Map(), rest: undefined };

/** The selection of all pointers that have come this far: a set of forks is one state (subset construction). */
function stateOf(forks: readonly Fork[], known: Map<string, Selection>): Selection | undefined {
  const all = withDeep(forks);
  if (all.length === 0) return undefined;
  const id = all.map((one) => one.id).join();
  const found = known.get(id);
  if (found !== undefined) return found;
  const state = {
    here: new Set<string>(),
    each: all.some((one) => one.each?.ends === true),
    below: new Map<string, Selection>(),
    rest: undefined as Selection | undefined,
  };
  known.set(id, state);
  const onward = all.flatMap((one) => [...(one.each === undefined ? [] : [one.each]), ...(one.isDeep ? [one] : [])]);
  state.rest = stateOf(onward, known);
  for (const name of new Set(all.flatMap((one) => [...one.names.keys()]))) {
    const named = all.flatMap((one) => one.names.get(name) ?? []);
    if (named.some((one) => one.ends)) state.here.add(name);
    const next = stateOf([...named, ...onward], known);
    if (next !== undefined) state.below.set(name, next);
  }
  return state;
}

/** `**` is also no step at all. */
function withDeep(forks: readonly Fork[]): readonly Fork[] {
  const all = new Set(forks);
  // A set hands out what is added while it is walked.
  for (const one of all) if (one.deep !== undefined) all.add(one.deep);
  return [...all].sort((a, b) => a.id - b.id);
}

/** The value without the properties that are selected by name. Whatever is changed is a copy: the value may be the handler's own. */
export function omit(value: unknown, selection: Selection): unknown {
  return edit(value, selection, () => undefined);
}

/** The value with something else where it is selected; `undefined` leaves it out. Whatever is changed is a copy. */
export function edit(value: unknown, selection: Selection, change: (member: unknown) => unknown): unknown {
  if (typeof value !== "object" || value === null || ArrayBuffer.isView(value) || isMoment(value)) return value;
  const { rest } = selection;
  if (Array.isArray(value)) return rest === undefined ? value : value.map((item) => edit(item, rest, change));
  // What is written is what JSON makes of it, so that is what is looked through.
  if ("toJSON" in value && typeof value.toJSON === "function") return edit(value.toJSON(), selection, change);
  const kept: Record<string, unknown> = {};
  for (const [name, member] of Object.entries(value)) {
    const own = selection.here.has(name);
    const below = selection.below.get(name) ?? rest;
    const content = own ? change(member) : below === undefined ? member : edit(member, below, change);
    if (own && content === undefined) continue;
    if (name === "__proto__") Object.defineProperty(kept, name, { value: content, enumerable: true });
    else kept[name] = content;
  }
  return kept;
}

/** Something that is selected: its pointer, and its value. */
export interface Hit {
  readonly pointer: string;
  readonly tokens: readonly string[];
  readonly value: unknown;
}

/** Everything in a value that is selected. */
export function find(value: unknown, selection: Selection, before: readonly string[] = []): readonly Hit[] {
  if (typeof value !== "object" || value === null || ArrayBuffer.isView(value)) return [];
  return Object.entries(value).flatMap(([name, member]) => {
    const tokens = [...before, name];
    const own = selection.each || (!Array.isArray(value) && selection.here.has(name));
    const hit = own ? [{ pointer: pointerOf(tokens), tokens, value: member }] : [];
    const below = (Array.isArray(value) ? undefined : selection.below.get(name)) ?? selection.rest;
    return below === undefined ? hit : [...hit, ...find(member, below, tokens)];
  });
}
