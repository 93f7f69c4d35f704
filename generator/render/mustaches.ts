/** What a template may say: every other mustache is refused when templates are built. */
export const helpers = {
  /** Ready Code of the view. */
  put: { block: false, literals: 0, paths: 1 },
  /** `{{use "Name" "module"}}`: a name, imported as a value. */
  use: { block: false, literals: 2, paths: 0 },
  useType: { block: false, literals: 2, paths: 0 },
  /** `{{useModule "name" "module"}}`: `import * as name`. */
  useModule: { block: false, literals: 2, paths: 0 },
  useModuleTypes: { block: false, literals: 2, paths: 0 },
  /** Where the imports stand that follow from use. */
  imports: { block: false, literals: 0, paths: 0 },
  each: { block: true, literals: 0, paths: 1 },
  if: { block: true, literals: 0, paths: 1 },
} as const;

export type HelperName = keyof typeof helpers;
