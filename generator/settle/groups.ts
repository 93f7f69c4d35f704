import { camelCase } from "./identifier.js";
import { groupNames, objectNames } from "./reserved.js";
import { folded, unreserved } from "./unique.js";

const untagged = "default";

/**
 * The group of each tag. Tags that differ by case or punctuation only are one group: operations are unique in the whole API, so
 * nothing is lost, and files on a case-insensitive disk do not collide.
 */
export function nameGroups(tags: Iterable<string | undefined>): (tag: string | undefined) => string {
  const spellings = new Map<string, string>();
  for (const tag of [...tags].map(groupOf).sort()) {
    if (!spellings.has(folded(tag))) spellings.set(folded(tag), tag);
  }
  return (tag) => spellings.get(folded(groupOf(tag))) ?? untagged;
}

function groupOf(tag: string | undefined): string {
  const name = camelCase(tag ?? "") ?? untagged;
  return unreserved(name, [objectNames, groupNames]);
}
