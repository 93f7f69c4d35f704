/** Code that a printer lays out: text, parts in a row, or a bracketed list that breaks where it does not fit its line. */
export type Expr = string | readonly Expr[] | Brackets;

interface Brackets {
  readonly open: string;
  readonly items: readonly Expr[];
  readonly close: string;
  /** One item a line, however short. */
  readonly broken: boolean;
  readonly space: string;
}

const width = 120;

/** `[a, b]`. */
export function list(items: readonly Expr[]): Expr {
  return { open: "[", items, close: "]", broken: false, space: "" };
}

/** `{ a, b }`. */
export function braces(items: readonly Expr[], broken = false): Expr {
  return items.length === 0 ? "{}" : { open: "{", items, close: "}", broken, space: " " };
}

/** The expression with its first braces broken: an object that stands by itself has one property a line. */
export function breakFirst(expr: Expr): Expr {
  if (typeof expr === "string") return expr;
  if (!isRow(expr)) return expr.open === "{" ? { ...expr, broken: true } : expr;
  const first = expr.findIndex((part) => typeof part !== "string");
  return expr.map((part, index) => (index === first ? breakFirst(part) : part));
}

/** `f(a, b)`. */
export function call(name: string, ...args: readonly Expr[]): Expr {
  return [name, "(", ...args.flatMap((arg, index) => (index === 0 ? [arg] : [", ", arg])), ")"];
}

/** `of.method(a, b)`. */
export function method(of: Expr, name: string, ...args: readonly Expr[]): Expr {
  return [of, ".", call(name, ...args)];
}

/** The text of an expression that begins at a column, its lines indented by two spaces a level. */
export function lay(expr: Expr, column = 0, indent = ""): string {
  return write(expr, column, 0, indent);
}

/** `after`: what must still fit on the line behind it. */
function write(expr: Expr, column: number, after: number, indent: string): string {
  if (typeof expr === "string") return expr;
  if (isRow(expr)) return writeRow(expr, column, after, indent);
  const flat = flatten(expr);
  if (flat !== undefined && column + flat.length + after <= width) return flat;
  const inner = `${indent}  `;
  const lines = expr.items.map((item) => `${inner}${write(item, inner.length, 1, inner)},\n`);
  return `${expr.open}\n${lines.join("")}${indent}${expr.close}`;
}

function writeRow(row: readonly Expr[], column: number, after: number, indent: string): string {
  let text = "";
  row.forEach((part, index) => {
    const line = text.slice(text.lastIndexOf("\n") + 1);
    const here = line.length === text.length ? column + line.length : line.length;
    text += write(part, here, firstLine(row.slice(index + 1)) + after, indent);
  });
  return text;
}

/** What the rest of a row puts on the current line at least: up to its first bracket that may break. */
function firstLine(rest: readonly Expr[]): number {
  let length = 0;
  for (const part of rest) {
    if (typeof part === "string") length += part.length;
    else if (isRow(part)) length += firstLine(part);
    else return length + part.open.length;
  }
  return length;
}

function flatten(expr: Expr): string | undefined {
  if (typeof expr === "string") return expr;
  const items = (isRow(expr) ? expr : expr.items).map(flatten);
  if (items.some((item) => item === undefined)) return undefined;
  if (isRow(expr)) return items.join("");
  return expr.broken ? undefined : `${expr.open}${expr.space}${items.join(", ")}${expr.space}${expr.close}`;
}

function isRow(expr: Expr): expr is readonly Expr[] {
  return Array.isArray(expr);
}
