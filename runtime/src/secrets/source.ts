/** A place that secrets are read from. */
export interface SecretSource {
  /** For messages: `files in /run/secrets`. */
  readonly name: string;
  /**
   * The values of some names, at one moment. A name that the source does not have is not in the map.
   * @throws when the source cannot be asked. What it throws must hold no value.
   */
  readonly read: (names: readonly string[]) => Promise<ReadonlyMap<string, string>>;
}
