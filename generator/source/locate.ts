import { realpath, stat } from "node:fs/promises";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { type Diagnostic, DiagnosticError, type SourceSpan } from "../code/diagnostic.js";
import type { SpecValue } from "../model/spec.js";
import { complaint } from "./complaint.js";
import { type Documents, type Resource, resolved } from "./documents.js";
import type { Role } from "./grammar.js";
import type { ParsedFile, Reader } from "./read-file.js";

/** A reference, and where it stands. */
export interface Reference {
  readonly holder: Record<string, SpecValue>;
  /** The entry of the holder that says it: `$ref`, or a name of a discriminator's mapping. */
  readonly key: string;
  readonly text: string;
  /** What it must lead to. */
  readonly role: Role;
  readonly around: Resource;
  readonly at: SourceSpan;
}

/** What documents are opened with. */
export interface Opening {
  readonly reader: Reader;
  readonly documents: Documents;
  /** The folder that references must stay in, symbolic links resolved. */
  readonly tree: string;
  readonly faults: Diagnostic[];
}

/** The document, or the schema with an `$id`, that a reference names; a complaint, and `undefined`, where it must not or cannot be had. */
export async function locate(run: Opening, reference: Reference, location: string): Promise<Resource | undefined> {
  const { around } = reference;
  const isLocal = !around.document.file.path.startsWith("https:");
  const isAbsolute = /^[a-z][a-z0-9+.-]*:/i.test(location) || /^[/\\]{2}/.test(location);
  const uri = resolved(isLocal && !isAbsolute ? escaped(location) : location, around.uri);
  const known = uri === undefined ? undefined : run.documents.get(uri);
  if (known !== undefined) return known;
  if (uri === undefined || (isAbsolute && !uri.startsWith("https:"))) return leaves(run, reference);
  if (isLocal && !isAbsolute) {
    // `$self` says where a document will be published. What is published beside it lies beside it here.
    const beside = path.resolve(path.dirname(around.document.file.path), decoded(location));
    const isPublished = uri.startsWith("https:");
    if (!isPublished || (await stat(beside).catch(() => undefined))?.isFile()) {
      const opened = await openFile(run, reference, beside);
      if (opened !== undefined && isPublished) run.documents.alias(uri, opened);
      return opened;
    }
  }
  // A document from elsewhere never reaches files of this machine.
  return uri.startsWith("https:") ? fetchDocument(run, reference, new URL(uri)) : leaves(run, reference);
}

function leaves(run: Opening, reference: Reference): undefined {
  const uri = resolved(reference.text, reference.around.uri);
  const isHttps = uri?.startsWith("https:") === true;
  const allow = isHttps ? `, or allow its origin: --allow-ref ${new URL(uri).origin}` : "";
  const fix = `Keep a copy of the file beside the description, and refer to that${allow}.`;
  const message = `The reference leaves this machine: ${reference.text}`;
  run.faults.push(complaint("SP020", message, fix, reference.at));
}

async function openFile(run: Opening, reference: Reference, named: string): Promise<Resource | undefined> {
  const real = await realpath(named).catch(() => named);
  if (real !== run.tree && !real.startsWith(run.tree + path.sep)) {
    const fix = `Move the file below ${path.basename(run.tree)}/, the description's own folder.`;
    const message = `The reference leaves the description's folder: ${reference.text}`;
    run.faults.push(complaint("SP021", message, fix, reference.at));
    return undefined;
  }
  return open(run, reference, pathToFileURL(real).href, () => run.reader.read(named));
}

async function fetchDocument(run: Opening, reference: Reference, url: URL): Promise<Resource | undefined> {
  if (!run.reader.mayFetch(url)) return leaves(run, reference);
  return open(run, reference, url.href, () => run.reader.fetch(url));
}

async function open(
  run: Opening,
  reference: Reference,
  uri: string,
  read: () => Promise<ParsedFile>,
): Promise<Resource | undefined> {
  const known = run.documents.get(uri);
  if (known !== undefined) return known;
  try {
    const document = await read();
    run.faults.push(...document.faults.filter((fault) => !run.faults.includes(fault)));
    return document.value === undefined ? undefined : run.documents.add(document, uri, reference.role);
  } catch (thrown) {
    if (!(thrown instanceof DiagnosticError)) throw thrown;
    run.faults.push(...thrown.diagnostics.map((one) => ({ ...one, at: reference.at })));
    return undefined;
  }
}

/** A name of a file is not always a URI: what would end its path is part of it. */
function escaped(location: string): string {
  return location.replaceAll("?", "%3F").replace(/%(?![0-9a-f]{2})/gi, "%25");
}

function decoded(location: string): string {
  try {
    return decodeURIComponent(location);
  } catch {
    return location;
  }
}
