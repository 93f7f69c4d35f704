interface Waiting {
  readonly line: string;
  readonly done: () => void;
  readonly failed: (cause: unknown) => void;
}

/** Lines on their way to where they are kept. */
export interface LineQueue {
  /** Resolves when the line is kept. */
  readonly write: (line: string) => Promise<void>;
  /** Resolves when none is on its way. */
  readonly idle: () => Promise<void>;
}

/**
 * Hands lines on in batches, one batch after another: while one is being kept the next gathers, so that a store that is slow is asked less
 * often. Lines of one batch share their fate.
 */
export function lineQueue(
  keep: (lines: readonly string[]) => Promise<void>,
  most = Number.POSITIVE_INFINITY,
): LineQueue {
  const waiting: Waiting[] = [];
  let running: Promise<void> | undefined;
  const drain = async (): Promise<void> => {
    while (waiting.length > 0) {
      const batch = waiting.splice(0, most);
      try {
        await keep(batch.map(({ line }) => line));
        for (const one of batch) one.done();
      } catch (thrown) {
        for (const one of batch) one.failed(thrown);
      }
    }
    running = undefined;
  };
  return {
    write: (line) =>
      new Promise<void>((done, failed) => {
        waiting.push({ line, done, failed });
        running ??= Promise.resolve().then(drain);
      }),
    idle: async () => running,
  };
}
