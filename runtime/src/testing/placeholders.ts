/** What stands for hidden texts. */
export interface Placeholders {
  /** The same for equal texts, and never made of them. What is empty stays so: it says that there is no more. */
  readonly of: (value: string) => string;
  /** The text that a sign stands for. */
  readonly textOf: (sign: string) => string | undefined;
}

/** Placeholders of a recording: `(hidden 1)`, `(hidden 2)`, in the order in which texts are seen first. */
export function numbered(): Placeholders {
  return placeholders("", /(?!)/);
}

/** Placeholders of what plays one: what it has answered comes back as it is, and of other texts it is open what they stand for. */
export function open(): Placeholders {
  return placeholders("x", /^\(hidden(?: \d+)?\)$/);
}

function placeholders(prefix: string, kept: RegExp): Placeholders {
  const signs = new Map<string, string>();
  return {
    of: (value) => {
      if (value === "" || kept.test(value)) return value;
      const sign = signs.get(value) ?? `${prefix}${signs.size + 1}`;
      signs.set(value, sign);
      return `(hidden ${sign})`;
    },
    textOf: (sign) => [...signs].find(([, one]) => one === sign)?.[0],
  };
}

/** A placeholder in a text, a path or a query. */
export const placeholder = /(?:\(|%28)hidden(?:(?:[ +]|%20)(x?\d+))?(?:\)|%29)/g;

/** Whether it is open what a sign stands for. */
export function isOpen(sign: string | undefined): sign is string {
  return sign?.startsWith("x") === true;
}
