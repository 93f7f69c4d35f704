import path from "node:path";

/** What to watch, and what to do about it. */
export interface Watch {
  /** Grows while it is watched: a run may find further inputs. */
  readonly inputs: ReadonlySet<string>;
  readonly cwd: string;
  readonly onChange: () => Promise<unknown>;
  readonly say: (text: string) => void;
}

/** How long editors may take to write several files. */
const settleMs = 50;

/** Runs on every change of an input until SIGINT or SIGTERM. Runs never overlap; changes during one cause one more. */
export async function watchInputs({ inputs, cwd, onChange, say }: Watch): Promise<void> {
  const { watch } = await import("chokidar");
  const absolute = () => [...inputs].map((one) => path.resolve(cwd, one));
  const watcher = watch(absolute(), { ignoreInitial: true });
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | undefined;
  let again = false;
  let stopped = false;

  const run = async (): Promise<void> => {
    do {
      again = false;
      await onChange();
      // A watcher that is closed would open again.
      if (!stopped) watcher.add(absolute());
    } while (again && !stopped);
    running = undefined;
  };
  watcher.on("all", () => {
    clearTimeout(timer);
    if (stopped) return;
    timer = setTimeout(() => {
      if (running === undefined) running = run();
      else again = true;
    }, settleMs);
  });

  // What changed before would not be seen.
  await new Promise<void>((resolve) => watcher.once("ready", resolve));
  say("Watching. Press Ctrl+C to stop.\n");
  await stopSignal();
  stopped = true;
  clearTimeout(timer);
  await running;
  await watcher.close();
}

function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    const stop = () => {
      process.off("SIGINT", stop);
      process.off("SIGTERM", stop);
      resolve();
    };
    process.on("SIGINT", stop);
    process.on("SIGTERM", stop);
  });
}
