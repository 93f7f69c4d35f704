/** What is generated: some complaints are about servers only. */
export interface RuleOptions {
  /** The emitted files that are wanted; all where absent. */
  readonly only?: readonly string[];
}
