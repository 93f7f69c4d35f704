import type { ProblemDetail } from "../problem/problem.js";
import type { SchemaIssue } from "./contract.js";

/** More than anybody reads, and less than a hostile body can ask for. */
const mostIssues = 100;
const longestDetail = 300;

/** What a schema complains of, as members of a problem document (RFC 9457, 3). They hold no values (R51). */
export function toDetails(part: ProblemDetail["in"], issues: readonly SchemaIssue[]): readonly ProblemDetail[] {
  return issues.slice(0, mostIssues).map((issue) => ({
    in: part,
    pointer: pointerTo(issue.path ?? []),
    detail: issue.message.slice(0, longestDetail),
  }));
}

/** A JSON pointer as a URI fragment (RFC 6901, 6). */
function pointerTo(path: NonNullable<SchemaIssue["path"]>): string {
  const segments = path.map((segment) => (typeof segment === "object" ? segment.key : segment));
  return `#${segments.map((segment) => `/${escapeSegment(String(segment))}`).join("")}`;
}

function escapeSegment(text: string): string {
  // A lone surrogate cannot be percent-encoded, and has no place in a document of ours either.
  return encodeURIComponent(
    text
      .slice(0, longestDetail)
      .replace(/\p{Surrogate}/gu, "\uFFFD")
      .replaceAll("~", "~0")
      .replaceAll("/", "~1"),
  );
}
