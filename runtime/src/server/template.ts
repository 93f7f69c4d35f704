/** One segment of a path template. `pieces` holds the literals around the names: one more than there are names. */
export interface TemplateSegment {
  readonly pieces: readonly string[];
  readonly names: readonly string[];
}

/** Reads a path template (`/compare/{base}...{head}`) into its segments. Literals are spelt as they come in a request target. */
export function parseTemplate(path: string): readonly TemplateSegment[] {
  return path.split("/").slice(1).map(parseSegment);
}

function parseSegment(text: string): TemplateSegment {
  const parts = text.split(/\{([^{}]*)\}/);
  return {
    pieces: parts.filter((_, index) => index % 2 === 0).map(spell),
    names: parts.filter((_, index) => index % 2 === 1),
  };
}

/** RFC 3986, 2.1: what is no path character is percent-encoded, in capitals. What is encoded already stays so. */
function spell(literal: string): string {
  return literal.replace(/[^A-Za-z0-9\-._~!$&'()*+,;=:@%]+/g, encodeURIComponent);
}

/**
 * Matches one raw segment; every name takes at least one character.
 *
 * Each inner literal is taken where it stands first. That finds a match wherever there is one, and takes time in proportion to
 * the segment, which a regular expression with several wildcards does not.
 * @returns the captured texts, not decoded.
 */
export function matchSegment(segment: TemplateSegment, raw: string): readonly string[] | undefined {
  const first = segment.pieces[0] ?? "";
  const last = segment.pieces.at(-1) ?? "";
  if (segment.names.length === 0) return raw === first ? [] : undefined;
  if (!raw.startsWith(first) || !raw.endsWith(last)) return undefined;
  const end = raw.length - last.length;
  const captured: string[] = [];
  let at = first.length;
  for (const literal of segment.pieces.slice(1, -1)) {
    const found = raw.indexOf(literal, at + 1);
    if (found < 0 || found + literal.length > end) return undefined;
    captured.push(raw.slice(at, found));
    at = found + literal.length;
  }
  if (at >= end) return undefined;
  captured.push(raw.slice(at, end));
  return captured;
}
