export { type Diagnostic, DiagnosticError, type Severity, type SourceSpan } from "./code/diagnostic.js";
export {
  type CheckResult,
  type Config,
  check,
  defineConfig,
  type GenerateOptions,
  type GenerateResult,
  generate,
} from "./generate.js";
