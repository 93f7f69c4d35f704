import Handlebars from "handlebars";
import { type HelperName, helpers } from "./mustaches.js";

/**
 * Refuses a template that says anything but our helpers: a bare `{{name}}` would emit text that came through no door.
 * @throws Error naming the template and the line.
 */
export function checkTemplate(name: string, source: string): void {
  if (source.includes("\u0000")) throw new Error(`${name}: a template is text`);
  checkProgram(name, Handlebars.parse(source));
}

function checkProgram(name: string, program: hbs.AST.Program | undefined): void {
  for (const statement of program?.body ?? []) checkStatement(name, statement);
}

function checkStatement(name: string, statement: hbs.AST.Statement): void {
  const refuse = (why: string): never => {
    throw new Error(`${name}:${statement.loc.start.line}: ${why}`);
  };
  switch (statement.type) {
    case "ContentStatement":
    case "CommentStatement":
      return;
    case "MustacheStatement": {
      checkCall(statement as hbs.AST.MustacheStatement, false, refuse);
      return;
    }
    case "BlockStatement": {
      const block = statement as hbs.AST.BlockStatement;
      checkCall(block, true, refuse);
      checkProgram(name, block.program);
      checkProgram(name, block.inverse);
      return;
    }
    case "PartialStatement": {
      const { name: part, params, hash } = statement as hbs.AST.PartialStatement;
      if (part.type !== "PathExpression" || params.length > 0 || hash !== undefined)
        refuse("a part takes nothing but its name");
      return;
    }
    default:
      refuse(`${statement.type} is not for our templates`);
  }
}

type Callee = Pick<hbs.AST.MustacheStatement, "path" | "params" | "hash">;

function checkCall({ path, params, hash }: Callee, block: boolean, refuse: (why: string) => never): void {
  const called = path.type === "PathExpression" ? (path as hbs.AST.PathExpression).original : "";
  const helper = isHelper(called) && helpers[called].block === block ? helpers[called] : undefined;
  const { literals, paths } = helper ?? refuse(`{{${called}}} is none of our helpers`);
  const given = params.map((one) => one.type);
  const wanted = [...Array<string>(literals).fill("StringLiteral"), ...Array<string>(paths).fill("PathExpression")];
  if (hash !== undefined || given.join() !== wanted.join()) refuse(`{{${called}}} takes ${wanted.join() || "nothing"}`);
}

function isHelper(name: string): name is HelperName {
  return Object.hasOwn(helpers, name);
}
