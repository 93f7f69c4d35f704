/** A link of an answer (RFC 8288). */
export interface Link {
  readonly rel: string;
  readonly href: string;
}

/** The links of a Link header (RFC 8288, 3). Those of another context (`anchor`) are not the answer's own. */
export function linksOf(header: string): readonly Link[] {
  const parameter = /\s*;\s*[\w*-]+(?:\s*=\s*(?:"(?:[^"\\]|\\.)*"|[^\s;,"]*))?/;
  const link = new RegExp(`<([^<>\\s]*)>((?:${parameter.source})*)`, "g");
  return [...header.matchAll(link)].flatMap(([, href = "", rest = ""]) => {
    const parameters = parametersOf(rest);
    if (parameters.some(([name]) => name === "anchor")) return [];
    // RFC 8288, 3.3: it may name several relations, and a second one counts for nothing.
    const [, rels = ""] = parameters.find(([name]) => name === "rel") ?? [];
    return rels.split(/\s+/).flatMap((rel) => (rel === "" ? [] : [{ rel: rel.toLowerCase(), href }]));
  });
}

function parametersOf(text: string): readonly (readonly [string, string])[] {
  const found = text.matchAll(/;\s*([\w*-]+)(?:\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;,"]*)))?/g);
  return [...found].map(([, name = "", quoted, bare = ""]) => [name.toLowerCase(), quoted ?? bare] as const);
}
