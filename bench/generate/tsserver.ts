import { spawn } from "node:child_process";

/** The part of a completion that is looked at. */
export interface Completions {
  readonly names: readonly string[];
  readonly milliseconds: number;
}

/** TypeScript's language service, spoken to as an editor does. */
export interface Server {
  readonly open: (file: string, text: string) => void;
  /** Replaces a whole file, as typing does a part of it. */
  readonly change: (file: string, before: string, after: string) => void;
  /** What may stand at an offset. */
  readonly complete: (file: string, text: string, offset: number) => Promise<Completions>;
  readonly close: () => void;
  readonly pid: number;
}

interface Answer {
  readonly type: string;
  readonly request_seq?: number;
  readonly body?: { readonly entries?: readonly { readonly name: string }[] };
}

/** Milliseconds that one completion may take: whoever types has long given up. */
const patience = 120_000;

export function startServer(node: string, library: string, cwd: string): Server {
  const child = spawn(node, ["--max-old-space-size=8192", library, "--disableAutomaticTypingAcquisition"], {
    cwd,
    stdio: ["pipe", "pipe", "ignore"],
  });
  const waiting = new Map<number, { readonly settle: (answer: Answer) => void; readonly fail: (why: Error) => void }>();
  child.on("close", () => {
    for (const one of waiting.values()) one.fail(new Error("tsserver has ended"));
  });
  let sequence = 0;
  let rest = "";
  child.stdout.on("data", (chunk) => {
    rest += String(chunk);
    const lines = rest.split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) {
      if (!line.startsWith("{")) continue;
      const answer: Answer = JSON.parse(line);
      if (answer.type === "response" && answer.request_seq !== undefined)
        waiting.get(answer.request_seq)?.settle(answer);
    }
  });
  const send = (command: string, args: object): number => {
    sequence += 1;
    child.stdin.write(`${JSON.stringify({ seq: sequence, type: "request", command, arguments: args })}\n`);
    return sequence;
  };
  return {
    pid: child.pid ?? 0,
    open: (file, text) => void send("open", { file, fileContent: text }),
    change: (file, before, after) => {
      const end = place(before, before.length);
      send("change", { file, line: 1, offset: 1, endLine: end.line, endOffset: end.offset, insertString: after });
    },
    complete: (file, text, offset) =>
      new Promise((resolve, reject) => {
        const started = performance.now();
        const id = send("completionInfo", { file, ...place(text, offset), includeExternalModuleExports: false });
        const fail = (why: Error) => {
          clearTimeout(late);
          waiting.delete(id);
          reject(why);
        };
        const late = setTimeout(() => fail(new Error(`none within ${patience / 1000} s`)), patience);
        const settle = ({ body }: Answer) => {
          clearTimeout(late);
          waiting.delete(id);
          const names = (body?.entries ?? []).map((one) => one.name);
          resolve({ names, milliseconds: Math.round(performance.now() - started) });
        };
        waiting.set(id, { settle, fail });
      }),
    close: () => void child.kill(),
  };
}

/** Lines and columns of tsserver count from 1. */
function place(text: string, offset: number): { readonly line: number; readonly offset: number } {
  const before = text.slice(0, offset).split("\n");
  return { line: before.length, offset: (before.at(-1)?.length ?? 0) + 1 };
}
