/** A link of an answer (RFC 8288). */
export interface Link {
  readonly rel: string;
  readonly href: string;
}

/** A target, and the first `rel` of its parameters (RFC 8288, 3.3). Of one with an `anchor`, another is the context. */
const related = /<([!-;=?-~]*)>(?![^,<]*;\s*anchor\s*(?:[=;,]|$))[^,<]*?;\s*rel\s*=([^,;<]*)/gi;

/** The links of a Link header (RFC 8288, 3). Those of another context (`anchor`) are not the answer's own. */
export function linksOf(header: string): readonly Link[] {
  // Nothing that is quoted ends a parameter or begins a link, and a quote that is never closed goes on to the end.
  const plain = header.replace(/"((?:\\.|[^"])*)"?/g, (_, text: string) => text.replace(/[,;<]/g, encodeURIComponent));
  // It may name several relations.
  return [...plain.matchAll(related)].flatMap(([, href = "", rels = ""]) =>
    (rels.toLowerCase().match(/\S+/g) ?? []).map((rel) => ({ rel, href })),
  );
}
