/**
 * Remembers what may be used once. Several servers of one API share one, or a proof that one of them saw can be replayed at
 * another.
 */
export interface ReplayStore {
  /**
   * Writes a key down until it no longer matters.
   * @param until milliseconds since 1970.
   * @returns whether it is new. The question and the answer are one step: of two at the same time exactly one is told so.
   * @throws when it cannot be written down; the call is then refused with 503.
   */
  readonly remember: (key: string, until: number, now: number) => boolean | Promise<boolean>;
}
