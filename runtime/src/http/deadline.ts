/** Something that is waited for, and not for ever; and what is waited for before and after it. */
interface Deadline {
  /** On the clock of `performance`. */
  readonly at: number;
  readonly late: () => void;
  before: Deadline | undefined;
  after: Deadline | undefined;
}

/** How often it is looked for what is late, in milliseconds. A deadline is as exact as that. */
const tick = 50;

/** A chain, and no set: what is taken out of a set is kept by its old tables until they are collected, which may be long. */
let first: Deadline | undefined;
let isRunning = false;

function add(deadline: Deadline): void {
  deadline.after = first;
  if (first !== undefined) first.before = deadline;
  first = deadline;
}

function remove(deadline: Deadline): void {
  const { before, after } = deadline;
  if (before !== undefined) before.after = after;
  else if (first === deadline) first = after;
  if (after !== undefined) after.before = before;
  // One that lives longer than it is waited for keeps no other one alive.
  deadline.before = undefined;
  deadline.after = undefined;
}

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
      before: undefined,
      after: undefined,
    };
    add(deadline);
    if (!isRunning) wait();
    awaited.then(
      (value) => {
        remove(deadline);
        resolve(value);
      },
      (thrown: unknown) => {
        remove(deadline);
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
  let next = first;
  while (next !== undefined) {
    const deadline = next;
    next = deadline.after;
    if (deadline.at > now) continue;
    remove(deadline);
    deadline.late();
  }
  if (first !== undefined) wait();
  else isRunning = false;
}
