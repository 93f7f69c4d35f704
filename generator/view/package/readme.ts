import { identifier, member, propertyKey } from "../../code/identifier.js";
import type { Code } from "../../code/layout.js";
import { literal } from "../../code/literal.js";
import { codeSpan, inBlock, prose } from "../../code/markdown.js";
import { code, join } from "../../code/template.js";
import type { Api, Operation } from "../../model/api.js";
import type { Scheme } from "../../model/security.js";
import { groupsOf, isSaid, route } from "../names.js";
import { usedSchemes } from "../schemes.js";
import type { Fields, View } from "../view.js";
import { credentials, credentialWords } from "./credentials.js";
import type { PackageFacts } from "./facts.js";
import { limitsCode, needsCode, remarksCode } from "./needs.js";

/**
 * README.md: every operation, and what its callers need. It is read on npm and on GitHub: what the spec says is prose and code there, and
 * no markup.
 */
export function readmeView(api: Api, { name, license }: PackageFacts): View {
  const schemes = usedSchemes(api);
  const groups = groupsOf(api);
  const [server] = api.servers;
  return {
    template: "readme",
    data: {
      title: prose(api.title),
      version: prose(api.version),
      hasDescription: isSaid(api.description),
      description: prose(api.description ?? ""),
      name: codeSpan(name),
      install: inBlock(name),
      from: literal(name),
      fakes: literal(`${name}/fakes`),
      imports: importsCode(schemes),
      auth: authCode(schemes),
      call: callCode(groups[0]?.operations[0]),
      server: server === undefined ? code`none: pass ${codeSpan("baseUrl")}` : codeSpan(server.url),
      hasSchemes: schemes.length > 0,
      schemes: schemes.map(schemeRow),
      groups: groups.map((group) => ({
        title: prose(group.name),
        operations: group.operations.map((one) => operationRow(one, api)),
      })),
      license: license === undefined ? code`See LICENSE.` : code`${prose(license)}.`,
    },
  };
}

function importsCode(schemes: readonly Scheme[]): Code {
  const makers = schemes.flatMap(({ kind }) => credentials[kind] ?? []);
  return join([...new Set(["createClient", "Failure", ...makers])].sort().map(identifier), code`, `);
}

function authCode(schemes: readonly Scheme[]): Code {
  const entries = schemes.map((one) => code`${propertyKey(one.name)}: ${credentialWords[one.kind].example}`);
  return entries.length === 0 ? code`{}` : code`{ auth: { ${join(entries, code`, `)} } }`;
}

function callCode(operation: Operation | undefined): Code {
  return operation === undefined ? code`` : code`${member(operation.group)}${member(operation.id)}`;
}

function schemeRow({ name, kind }: Scheme): Fields {
  return { name: codeSpan(name), how: credentialWords[kind].how };
}

function operationRow(operation: Operation, api: Api): Fields {
  const { id, summary } = operation;
  return {
    id: codeSpan(id),
    what: isSaid(summary) ? code`${codeSpan(route(operation))}: ${prose(summary)}` : codeSpan(route(operation)),
    needs: needsCode(operation),
    limits: limitsCode(operation, api),
    remarks: remarksCode(operation),
  };
}
