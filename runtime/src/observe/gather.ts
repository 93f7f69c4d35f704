/** Takes whole lines, each with its line feed. */
export type WriteLines = (lines: string) => void | PromiseLike<void>;

/** So many characters are written at once, before the turn ends. */
const most = 65_536;

/**
 * Writes the lines of one turn of the event loop at once: a system call costs more than the lines do. Nothing is acknowledged before it is
 * written, and one write does not begin before the last has ended.
 * @returns what takes a line, and answers when it has been written. It rejects where that failed: lines that were written together share
 *   their fate.
 */
export function gather(write: WriteLines): (line: string) => Promise<void> {
  let batch: Batch | undefined;
  let last = Promise.resolve();
  const close = (lines: string): Promise<void> => {
    batch = undefined;
    const next = () => write(lines);
    last = last.then(next, next);
    return last;
  };
  return (line) => {
    batch ??= openBatch(close);
    const { add, written } = batch;
    add(line);
    return written;
  };
}

interface Batch {
  readonly add: (line: string) => void;
  readonly written: Promise<void>;
}

function openBatch(close: (lines: string) => Promise<void>): Batch {
  let lines = "";
  let isOpen = true;
  let settle: (outcome: Promise<void>) => void = () => {};
  const written = new Promise<void>((resolve) => {
    settle = resolve;
  });
  const end = () => {
    if (!isOpen) return;
    isOpen = false;
    settle(close(lines));
  };
  atEndOfTurn(end);
  const add = (line: string) => {
    lines += line;
    if (lines.length >= most) end();
  };
  return { add, written };
}

/** Where there is no end of a turn to wait for, a timer comes next to it. */
function atEndOfTurn(act: () => void): void {
  if (typeof setImmediate === "function") setImmediate(act);
  else setTimeout(act, 0);
}
