import pc from "picocolors";
import type { Diagnostic, Severity } from "../code/diagnostic.js";
import { linesOf, renderFrame, show } from "../code/frame.js";

/** Where a code is explained. */
const docs = "docs/diagnostics.md";

/** Where output goes, and whether it may be coloured. */
export interface Streams {
  /** Results. */
  readonly out: (text: string) => void;
  /** Everything else. */
  readonly err: (text: string) => void;
  readonly colour: boolean;
}

/** The text of a source file, for frames. */
export type SourceText = (file: string) => string | undefined;

/**
 * All complaints as text: in the order of the file, each with its place, a frame and a fix, and how many they are. What they quote
 * of the spec cannot drive a terminal (R55).
 */
export function renderDiagnostics(diagnostics: readonly Diagnostic[], text: SourceText, colour = false): string {
  const colours = pc.createColors(colour);
  const paint: Paint = {
    error: colours.red,
    warning: colours.yellow,
    info: colours.cyan,
    faint: colours.dim,
    strong: colours.bold,
  };
  const lines = linesFrom(text);
  const entries = inOrder(diagnostics).map((one) => renderOne(one, lines, paint));
  return `${[...entries, summary(diagnostics)].join("\n\n")}\n`;
}

type Paint = Readonly<Record<Severity | "faint" | "strong", (text: string) => string>>;

type Lines = (file: string) => readonly string[] | undefined;

function linesFrom(text: SourceText): Lines {
  const known = new Map<string, readonly string[] | undefined>();
  return (file) => {
    if (!known.has(file)) {
      const source = text(file);
      known.set(file, source === undefined ? undefined : linesOf(source));
    }
    return known.get(file);
  };
}

function renderOne({ code, severity, message, fix, example, at }: Diagnostic, lines: Lines, paint: Paint): string {
  const place = at === undefined ? "" : `${paint.strong(`${show(at.file)}:${at.line}:${at.column}`)} `;
  const source = at === undefined ? undefined : lines(at.file);
  const note = severity === "error" ? "" : `${severity}: `;
  return [
    `${place}${paint[severity](code)} ${note}${show(message)}`,
    ...(at === undefined || source === undefined ? [] : [renderFrame(source, at)]),
    ...(fix === undefined ? [] : [`  ${show(fix)}`]),
    ...(example === undefined ? [] : example.split("\n").map((line) => `    ${show(line)}`)),
    paint.faint(`  ${docs}#${code.toLowerCase()}`),
  ].join("\n");
}

function inOrder(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const place = ({ at }: Diagnostic) =>
    [at === undefined ? 0 : 1, at?.file ?? "", at?.line ?? 0, at?.column ?? 0] as const;
  return [...diagnostics].sort((a, b) => {
    const [mine, theirs] = [place(a), place(b)];
    const differs = mine.findIndex((part, index) => part !== theirs[index]);
    return differs === -1 ? 0 : (mine[differs] ?? 0) < (theirs[differs] ?? 0) ? -1 : 1;
  });
}

function summary(diagnostics: readonly Diagnostic[]): string {
  const count = (severity: Severity) => diagnostics.filter((one) => one.severity === severity).length;
  const said = ([severity, noun]: readonly [Severity, string]) => {
    const number = count(severity);
    return number === 0 ? [] : [`${number} ${noun}${number === 1 ? "" : "s"}`];
  };
  const parts = (
    [
      ["error", "error"],
      ["warning", "warning"],
      ["info", "note"],
    ] as const
  ).flatMap(said);
  return `${parts.join(", ")}.`;
}
