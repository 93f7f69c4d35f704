/** Who waits for a slot in this process: first come, first tried. */
export interface Turns {
  /** How many wait for a slot of this key. */
  readonly waiting: (key: string) => number;
  /** Resolves when somebody has left and it is this one's turn to try, or after some milliseconds: others may have left elsewhere. */
  readonly next: (key: string, milliseconds: number) => Promise<void>;
  /** Somebody has left. */
  readonly left: (key: string) => void;
}

/** An empty waiting room. */
export function waitingRoom(): Turns {
  const rooms = new Map<string, Set<() => void>>();
  return {
    waiting: (key) => rooms.get(key)?.size ?? 0,
    next: (key, milliseconds) =>
      new Promise((resolve) => {
        const room = rooms.get(key) ?? new Set();
        rooms.set(key, room);
        const go = () => {
          clearTimeout(timer);
          room.delete(go);
          if (room.size === 0) rooms.delete(key);
          resolve();
        };
        const timer = setTimeout(go, milliseconds);
        room.add(go);
      }),
    left: (key) => {
      const [first] = rooms.get(key) ?? [];
      first?.();
    },
  };
}
