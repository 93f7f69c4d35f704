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

  const run = async (): Promise<void> => {
    do {
      again = false;
      await onChange();
      watcher.add(absolute());
    } while (again);
    running = undefined;
  };
  watcher.on("all", () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      if (running === undefined) running = run();
      else again = true;
    }, settleMs);
  });

  say("Watching. Press Ctrl+C to stop.\n");
  await stopSignal();
  clearTimeout(timer);
  await watcher.close();
  await running;
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
