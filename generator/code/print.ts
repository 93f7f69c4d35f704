import { type Code, type Node, toNode, type Use } from "./layout.js";

/** The longest line of emitted code, where it can be broken. */
export const lineWidth = 120;

export interface PrintOptions {
  /** Columns that every line but the first begins with. */
  readonly indent?: number;
  /** Where the first line begins. */
  readonly column?: number;
  readonly width?: number;
}

interface Command {
  readonly indent: number;
  readonly broken: boolean;
  readonly node: Node;
}

/** Lays code out as Prettier and Biome would: a group stays on its line when it fits, else it is broken. */
export function print(code: Code, { indent = 0, column = indent, width = lineWidth }: PrintOptions = {}): string {
  const out: string[] = [];
  const stack: Command[] = [{ indent, broken: true, node: toNode(code) }];
  let at = column;
  const put = (piece: string): void => {
    out.push(piece);
    at += piece.length;
  };
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    const { node } = next;
    if (node.kind === "text") put(node.text);
    else if (node.kind === "use") put(node.use.as);
    else if (node.kind === "ifBroken") put(next.broken ? node.broken : node.flat);
    else if (node.kind !== "line") expand(next, width - at, stack);
    else if (!next.broken && !node.breaks) put(node.flat);
    else {
      out.push("\n", " ".repeat(next.indent));
      at = next.indent;
    }
  }
  // A literal holds no line break, so what ends a line in spaces is layout.
  return out.join("").replace(/ +$/gm, "");
}

/** Puts on the stack what stands for a composed node at this place, last first. */
function expand(command: Command, room: number, stack: Command[]): void {
  const { node, indent, broken } = command;
  switch (node.kind) {
    case "concat":
      for (let at = node.parts.length - 1; at >= 0; at--) push(stack, command, node.parts[at]);
      break;
    case "indent":
      stack.push({ indent: indent + 2, broken, node: node.content });
      break;
    case "group": {
      const flat = { indent, broken: false, node: node.content };
      stack.push(!node.breaks && fits(flat, room, stack) ? flat : { ...flat, broken: true });
      break;
    }
    case "choice":
      stack.push(choose(node.choices, indent, room, stack));
      break;
    case "fill":
      stack.push(...fillFrom(node.items, command, room, stack));
      break;
  }
}

function choose(choices: readonly Node[], indent: number, room: number, rest: readonly Command[]): Command {
  const [first, ...others] = choices;
  const last = choices[choices.length - 1];
  if (first === undefined || last === undefined) throw new RangeError("a choice of nothing");
  const flat = { indent, broken: false, node: first };
  if (!first.breaks && fits(flat, room, rest)) return flat;
  const fitting = others.find((node) => fits({ indent, broken: true, node }, room, rest));
  return { indent, broken: true, node: fitting ?? last };
}

function fillFrom(
  items: readonly Node[],
  command: Command,
  room: number,
  rest: readonly Command[],
): readonly Command[] {
  const [item, separator, ...more] = items;
  if (item === undefined) return [];
  const first = { ...command, broken: false, node: item };
  const [following] = more;
  if (separator === undefined || following === undefined) return [first];
  const together: Node = { kind: "concat", parts: [item, separator, following], breaks: false };
  // The last item has what follows the list beside it.
  const broken = !fits({ ...first, node: together }, room, more.length === 1 ? rest : []);
  const remaining: Node = { kind: "fill", items: more, breaks: false };
  return [{ ...command, node: remaining }, { ...command, broken, node: separator }, first];
}

/** Whether everything up to the next possible line break fits into the room. */
function fits(first: Command, room: number, rest: readonly Command[]): boolean {
  const stack: Command[] = [first];
  let left = room;
  let behind = rest.length;
  while (left >= 0) {
    const next = stack.pop() ?? rest[--behind];
    if (next === undefined) return true;
    const { node } = next;
    switch (node.kind) {
      case "text":
        left -= node.text.length;
        break;
      case "use":
        left -= node.use.as.length;
        break;
      case "ifBroken":
        left -= (next.broken ? node.broken : node.flat).length;
        break;
      case "line":
        if (next.broken || node.breaks) return true;
        left -= node.flat.length;
        break;
      case "concat":
        for (let at = node.parts.length - 1; at >= 0; at--) push(stack, next, node.parts[at]);
        break;
      case "indent":
        push(stack, next, node.content);
        break;
      case "group":
        stack.push({ ...next, broken: node.breaks, node: node.content });
        break;
      case "choice":
        stack.push({ ...next, broken: node.breaks, node: node.choices[0] ?? node });
        break;
      case "fill":
        for (let at = node.items.length - 1; at >= 0; at--) push(stack, next, node.items[at]);
        break;
    }
  }
  return false;
}

function push(stack: Command[], like: Command, node: Node | undefined): void {
  if (node !== undefined) stack.push({ indent: like.indent, broken: like.broken, node });
}

/** Every import that the code asks for. */
export function usesOf(code: Code): readonly Use[] {
  const found: Use[] = [];
  const open: Node[] = [toNode(code)];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (node.kind === "use") found.push(node.use);
    else if (node.kind === "concat") for (const part of node.parts) open.push(part);
    else if (node.kind === "fill") for (const item of node.items) open.push(item);
    else if (node.kind === "choice") open.push(...node.choices.slice(0, 1));
    else if (node.kind === "group" || node.kind === "indent") open.push(node.content);
  }
  return found;
}
