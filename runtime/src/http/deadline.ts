/** Something that is waited for, and not for ever. */
interface Deadline {
  /** On the clock of `performance`. */
  readonly at: number;
  readonly late: () => void;
}

/** How often it is looked for what is late, in milliseconds. A deadline is as exact as that. */
const tick = 50;

const pending = new Set<Deadline>();
let isRunning = false;

/**
 * What was awaited, or what `late` answers where it does not come in time. All deadlines of a process share one timer, which runs only while
 * somebody waits: a timer for each would cost more than most calls do.
 */
export function within<T, L>(awaited: PromiseLike<T>, milliseconds: number, late: () => L): Promise<T | L> {
  return new Promise((resolve, reject) => {
    const deadline: Deadline = {
      at: performance.now() + milliseconds,
      late: () => {
        try {
          resolve(late());
        } catch (thrown) {
          reject(thrown);
        }
      },
    };
    pending.add(deadline);
    if (!isRunning) wait();
    awaited.then(
      (value) => {
        pending.delete(deadline);
        resolve(value);
      },
      (thrown: unknown) => {
        pending.delete(deadline);
        reject(thrown);
      },
    );
  });
}

function wait(): void {
  isRunning = true;
  const next = setTimeout(sweep, tick);
  // What keeps a process alive is its sockets.
  if (typeof next === "object" && "unref" in next) next.unref();
}

function sweep(): void {
  const now = performance.now();
  for (const deadline of pending) {
    if (deadline.at > now) continue;
    pending.delete(deadline);
    deadline.late();
  }
  if (pending.size > 0) wait();
  else isRunning = false;
}
