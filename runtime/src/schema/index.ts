export { contains, itemCount, tuple, unique } from "./array.js";
export { allOf, anyOf, asserts, closed, closedDropping, conditional, not, oneOf } from "./compose.js";
export { digits } from "./digits.js";
export { type FormatName, format } from "./formats.js";
export { moment, momentOf } from "./moment.js";
export {
  dependentRequired,
  dependentSchema,
  type PatternKeys,
  patternKeys,
  propertyCount,
  propertyNames,
  readOnlyKeys,
  requires,
} from "./object.js";
export { type Kind, multipleOf, oneValue, when } from "./plain.js";
export { recursive } from "./recursive.js";
export { type Unevaluated, unevaluated } from "./unevaluated.js";
