/** What a spec may weigh: a hostile one must not cost more than it says (R6). */
export interface SourceLimits {
  /** Octets of one file. */
  readonly fileBytes: number;
  /** Octets of all files. */
  readonly totalBytes: number;
  readonly files: number;
  /** How deep values may nest. */
  readonly depth: number;
  /** Nodes that YAML aliases may stand for, in all. */
  readonly aliasNodes: number;
}

/** Ten times the largest public description we know. */
export const defaultLimits: SourceLimits = {
  fileBytes: 64 * 1024 * 1024,
  totalBytes: 128 * 1024 * 1024,
  files: 2_000,
  depth: 200,
  aliasNodes: 50_000,
};
