/** Has something run in contexts of its own. */
interface Onlooker {
  readonly within?: <T>(run: () => T) => T;
}

/** A context that cannot be entered keeps nobody from being answered, and nothing is run twice. */
export function inside<T>(onlookers: readonly Onlooker[], run: () => T): T {
  let outcome: { readonly value: T } | { readonly thrown: unknown } | undefined;
  const once = () => {
    outcome ??= attempt(run);
    if ("thrown" in outcome) throw outcome.thrown;
    return outcome.value;
  };
  const within = onlookers.reduceRight<() => T>(
    (next, { within }) => (within === undefined ? next : () => within(next)),
    once,
  );
  quietly(within);
  return once();
}

function attempt<T>(run: () => T): { readonly value: T } | { readonly thrown: unknown } {
  try {
    return { value: run() };
  } catch (thrown) {
    return { thrown };
  }
}

/** Whoever only looks on does no harm. */
export function quietly<T>(act: () => T): T | undefined {
  try {
    return act();
  } catch {
    return undefined;
  }
}
