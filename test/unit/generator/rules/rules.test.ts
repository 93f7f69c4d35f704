import { describe, expect, it } from "vitest";
import { runRules } from "../../../../generator/rules/run.js";
import { gistOf } from "../../../support/files.js";
import { specOf } from "../../../support/spec.js";

const clean = `openapi: 3.1.1
info: {title: T, version: "1"}
servers: [{url: "https://a.example"}]
x-sallyport:
  vocabulary: 1
  roles: {clerk: {}, boss: {inherits: [clerk]}}
  rateLimits: {perIp: {limit: 9, window: 1s, key: [ip]}, perUser: {limit: 9, window: 1s, key: [principal]}}
security: [{oauth: [read]}]
paths:
  /a/{id}:
    get:
      operationId: getA
      parameters: [{name: id, in: path, required: true, schema: {type: string}}]
      x-sallyport: {authz: clerk, rateLimits: [perIp, perUser]}
      responses: {"200": {description: Fine.}}
  /health:
    get:
      operationId: health
      security: []
      responses: {"200": {description: Fine.}}
components:
  securitySchemes:
    oauth: {type: oauth2, flows: {clientCredentials: {tokenUrl: "https://id.example", scopes: {read: Read.}}}}
    key: {type: apiKey, in: header, name: X-Key}
  schemas:
    A: {type: object, properties: {a: {type: string}}}
`;

/** What the rules say when a line is replaced by others. */
function said(from: string, to: string, only?: readonly string[]): readonly string[] {
  expect(clean).toContain(from);
  return runRules(specOf(clean.replace(from, to)), only === undefined ? {} : { only }).map(gistOf);
}

describe("rules of servers, tags and methods", () => {
  const variable = (text: string, version = "3.1.1") =>
    runRules(
      specOf(
        clean.replace("3.1.1", version).replace('"https://a.example"}', `"https://{r}.example", variables: {${text}}}`),
      ),
    ).map(({ code, severity }) => `${code} ${severity}`);

  it("a variable of a server is described, and its default is one of its values", () => {
    expect(variable("r: {default: eu, enum: [eu, us]}")).toEqual([]);
    expect(variable("s: {default: eu}")).toEqual(["SP161 warning"]);
    expect(variable("r: {default: asia, enum: [eu, us]}")).toEqual(["SP162 error"]);
    expect(variable("r: {default: asia, enum: [eu, us]}", "3.0.4")).toEqual(["SP162 warning"]);
  });

  it("R57 what is said of a server's TLS means something there", () => {
    const pins = `pins: ["sha256/${"A".repeat(43)}=", "sha256/${"B".repeat(43)}="]`;
    const tls = (text: string, url = "https://bank.example") =>
      runRules(specOf(clean.replace('"https://a.example"}', `"${url}", x-sallyport: {tls: {${text}}}}`))).map(
        ({ code }) => code,
      );
    expect(tls(`${pins}, pinsExpire: "2027-01-01", onExpire: warn`)).toEqual([]);
    expect(tls(`${pins}`, "http://bank.example")).toEqual(["SP168"]);
    expect(tls(`pinsExpire: "2027-01-01"`)).toEqual(["SP169"]);
    expect(tls(`${pins}, onExpire: fail`)).toEqual(["SP169"]);
  });

  it("the parent of a tag is a tag, and no tag is above itself", () => {
    const tags = (text: string) =>
      said("security: [{oauth: [read]}]\n", `security: [{oauth: [read]}]\ntags: [${text}]\n`);
    expect(tags("{name: a, parent: b}, {name: b}")).toEqual([]);
    expect(tags("{name: a, parent: c}, {name: b}")).toEqual(["SP163 spec.yaml:9:26"]);
    expect(tags("{name: a, parent: b}, {name: b, parent: a}")).toEqual([
      "SP164 spec.yaml:9:26",
      "SP164 spec.yaml:9:48",
    ]);
  });

  it("a method that Node's parser does not know is said", () => {
    const other = (method: string) =>
      said("  /health:\n", `  /o: {additionalOperations: {${method}: {responses: {}}}}\n  /health:\n`);
    expect(other("COPY")).toEqual([]);
    expect(other("Copy")).toEqual(["SP165 spec.yaml:16:31"]);
    expect(other("get")).toEqual(["SP160 spec.yaml:16:31"]);
  });

  it("a device authorization endpoint is https", () => {
    const flow = "{clientCredentials: {tokenUrl";
    const device = "{deviceAuthorization: {deviceAuthorizationUrl: 'http://id.example/d', tokenUrl";
    expect(said(flow, device)).toEqual([expect.stringMatching(/^SP208/)]);
  });

  it("who sees and who sends is not asked of the names of properties, nor inside a text", () => {
    const schema = (text: string) =>
      said("properties: {a: {type: string}}}", `properties: {a: {type: string}}}\n    B: ${text}`);
    const ruled = "x-sallyport: {read: boss, write: boss}";
    expect(schema(`{type: object, properties: {b: {type: string, ${ruled}}}}`)).toEqual([]);
    expect(schema(`{type: object, propertyNames: {maxLength: 9}}`)).toEqual([]);
    expect(schema(`{type: object, propertyNames: {maxLength: 9, ${ruled}}}`)).toEqual([
      "SP397 spec.yaml:27:23",
      "SP397 spec.yaml:27:23",
    ]);
    expect(schema(`{type: object, propertyNames: {$ref: "#/components/schemas/C"}}\n    C: {${ruled}}`)).toHaveLength(
      2,
    );
    expect(schema(`{type: string, contentSchema: {properties: {b: {x-sallyport: {immutable: true}}}}}`)).toEqual([
      "SP397 spec.yaml:27:23",
    ]);
  });

  it("proxies are trusted by the whole API", () => {
    const own = "servers: [{url: https://b.example, x-sallyport: {trustedProxies: [10.0.0.1]}}]";
    expect(said("      operationId: health\n", `      operationId: health\n      ${own}\n`)).toEqual([
      expect.stringMatching(/^SP302/),
    ]);
    const pins = "servers: [{url: https://b.example, x-sallyport: {environment: x}}]";
    expect(said("      operationId: health\n", `      operationId: health\n      ${pins}\n`)).toEqual([]);
  });
});

describe("rules", () => {
  it("have nothing to say of a clean spec", () => expect(runRules(specOf(clean))).toEqual([]));

  it.each([
    ["R10 undeclared security", "security: [{oauth: [read]}]\n", "", ["SP201 spec.yaml:10:5"]],
    [
      "a percent sign in a component's name",
      "    A: {type: object",
      '    "A%": {type: object',
      ["SP502 spec.yaml:26:5"],
    ],
    ["a percent sign in a path", "  /health:", "  /he%lth:", ["SP503 spec.yaml:16:3"]],
    ["a percent sign in an operationId", "operationId: health", "operationId: he%lth", ["SP503 spec.yaml:18:20"]],
    ["an unknown scheme", "security: [{oauth: [read]}]", "security: [{oath: [read]}]", ["SP202 spec.yaml:8:13"]],
    ["an unknown scope", "security: [{oauth: [read]}]", "security: [{oauth: [raed]}]", ["SP203 spec.yaml:8:21"]],
    [
      "an unknown role in a requirement",
      "security: [{oauth: [read]}]",
      "security: [{key: [clark]}]",
      ["SP204 spec.yaml:8:19"],
    ],
    [
      "a pepper that no hash takes",
      "in: header, name: X-Key}",
      "in: header, name: X-Key, x-sallyport: {apiKey: {pepper: env:P}}}",
      ["SP220 spec.yaml:24:73"],
    ],
    [
      "a pepper with its hash",
      "in: header, name: X-Key}",
      "in: header, name: X-Key, x-sallyport: {apiKey: {pepper: [env:P, env:Q], hash: hmac-sha256}}}",
      [],
    ],
    [
      "an overlap longer than a key may live",
      "in: header, name: X-Key}",
      "in: header, name: X-Key, x-sallyport: {apiKey: {rotation: {maxAge: 1d, overlap: 25h}}}}",
      ["SP221 spec.yaml:24:105"],
    ],
    [
      "a rotation that can be",
      "in: header, name: X-Key}",
      "in: header, name: X-Key, x-sallyport: {apiKey: {rotation: {maxAge: 90d, overlap: 7d}}}}",
      [],
    ],
    [
      "a scheme without a guard",
      "key: {type: apiKey, in: header, name: X-Key}",
      "key: {type: http, scheme: oauth}",
      [],
    ],
    [
      "a role on a public operation",
      "security: []\n",
      "security: []\n      x-sallyport: {authz: clerk}\n",
      ["SP206 spec.yaml:20:21"],
    ],
    [
      "an authenticated caller on a public operation",
      "security: []\n",
      "security: []\n      x-sallyport: {authz: authenticated}\n",
      ["SP206 spec.yaml:20:21"],
    ],
    [
      "authz of the defaults on a public operation",
      "security: [{oauth: [read]}]",
      "  defaults: {authz: authenticated}\nsecurity: [{oauth: [read]}]",
      ["SP206 spec.yaml:18:5"],
    ],
    [
      "a principal's limit of the defaults on a public operation",
      "security: [{oauth: [read]}]",
      "  defaults: {rateLimits: [perUser]}\nsecurity: [{oauth: [read]}]",
      ["SP206 spec.yaml:18:5"],
    ],
    [
      "roles and anonymous callers",
      "security: []\n",
      "security: [{}, {key: []}]\n      x-sallyport: {authz: clerk}\n",
      ["SP206 spec.yaml:20:21"],
    ],
    [
      "authenticated closes what {} opens",
      "security: []\n",
      "security: [{}, {key: []}]\n      x-sallyport: {authz: authenticated, rateLimits: [perUser]}\n",
      [],
    ],
    [
      "an unknown scheme of a path item",
      "  /health:\n",
      "  /health:\n    security: [{kee: []}]\n",
      ["SP202 spec.yaml:17:17"],
    ],
    [
      "a principal's limit on a public operation",
      "security: []\n",
      "security: []\n      x-sallyport: {rateLimits: [perUser]}\n",
      ["SP206 spec.yaml:20:21"],
    ],
    [
      "an owner with anonymous callers",
      "security: []\n",
      "security: [{}, {key: []}]\n      x-sallyport: {object: {type: A, id: 'path:id'}}\n",
      ["SP206 spec.yaml:20:21", "SP311 spec.yaml:20:43"],
    ],
    [
      "a token URL over http",
      'tokenUrl: "https://id.example"',
      'tokenUrl: "http://id.example"',
      ["SP208 spec.yaml:23:65"],
    ],
    ["a password flow", "clientCredentials: {", "password: {", ["SP210 spec.yaml:23:35"]],
    ["an unknown key", "{authz: clerk,", "{auth: clerk,", ["SP300 spec.yaml:14:21"]],
    ["a value of a wrong kind", "window: 1s, key: [ip]", "window: 1, key: [ip]", ["SP301 spec.yaml:7:42"]],
    ["a meaningless place", "info: {title: T,", "info: {title: T, x-sallyport: {}, x: {},", ["SP302 spec.yaml:2:18"]],
    [
      "beside a $ref",
      "A: {type: object, properties: {a: {type: string}}}",
      "A: {type: object}\n  parameters:\n    B: {$ref: '#/components/parameters/C', x-sallyport: {}}\n    C: {name: c, in: query, schema: {}}",
      ["SP303 spec.yaml:28:44"],
    ],
    ["an unknown role", "authz: clerk", "authz: {anyOf: [clerk, {allOf: [bos]}]}", ["SP304 spec.yaml:14:53"]],
    [
      "an exempt role that is none",
      "window: 1s, key: [ip]",
      "window: 1s, key: [ip], exempt: [bos]",
      ["SP304 spec.yaml:7:66"],
    ],
    [
      "R43 failures that anybody runs up for somebody",
      "window: 1s, key: [ip]",
      "window: 1s, key: ['const:a'], count: failures",
      ["SP340 spec.yaml:7:46"],
    ],
    [
      "a lockout for what is no failure",
      "window: 1s, key: [ip]",
      "window: 1s, key: [ip], lockout: {after: 2, for: 1h}",
      ["SP341 spec.yaml:7:57"],
    ],
    [
      "a burst of a window",
      "window: 1s, key: [ip]",
      "window: 1s, key: [ip], algorithm: fixed, burst: 1",
      ["SP341 spec.yaml:7:75"],
    ],
    [
      "a plan that nobody has",
      "window: 1s, key: [ip]",
      "window: 1s, key: [ip], tiers: {by: principal.plan, free: {limit: 1}}",
      ["SP342 spec.yaml:7:69"],
    ],
    [
      "a key that is no parameter",
      "window: 1s, key: [ip]",
      "window: 1s, key: ['header:X-A']",
      ["SP311 spec.yaml:7:52"],
    ],
    ["a key that is in no body", "window: 1s, key: [ip]", "window: 1s, key: ['body:/a']", ["SP312 spec.yaml:7:52"]],
    [
      "a queue without a wait",
      "{authz: clerk,",
      "{concurrency: {max: 1, key: [ip], queue: 2}, authz: clerk,",
      ["SP341 spec.yaml:14:54"],
    ],
    [
      "R53 an answer that would be anybody's",
      "operationId: health",
      "operationId: health\n      x-sallyport: {idempotency: {}}",
      ["SP344 spec.yaml:19:21"],
    ],
    [
      "R53 an answer that is a stream",
      '{authz: clerk, rateLimits: [perIp, perUser]}\n      responses: {"200": {description: Fine.}}',
      '{authz: clerk, idempotency: {}}\n      responses: {"200": {description: Fine., content: {text/event-stream: {}}}}',
      ["SP345 spec.yaml:14:35"],
    ],
    [
      "a call that costs too much",
      "{authz: clerk,",
      "{cost: 9999, authz: clerk,",
      ["SP343 spec.yaml:7:23", "SP343 spec.yaml:7:67"],
    ],
    ["an unknown limit", "[perIp, perUser]", "[perIp, perUsr]", ["SP305 spec.yaml:14:55"]],
    [
      "an unknown successor",
      "{authz: clerk,",
      "{lifecycle: {successor: getB}, authz: clerk,",
      ["SP306 spec.yaml:14:44", "SP313 spec.yaml:14:33"],
    ],
    [
      "a role that inherits itself",
      "roles: {clerk: {}",
      "roles: {clerk: {inherits: [boss]}",
      ["SP307 spec.yaml:6:11", "SP307 spec.yaml:6:38"],
    ],
    [
      "deprecatedAt without deprecated",
      "{authz: clerk,",
      "{lifecycle: {deprecatedAt: 2026-01-01}, authz: clerk,",
      ["SP308 spec.yaml:14:33"],
    ],
    [
      "a sunset before the deprecation",
      "      x-sallyport: {authz: clerk,",
      "      deprecated: true\n      x-sallyport: {lifecycle: {deprecatedAt: 2026-01-01, sunset: 2025-01-01}, authz: clerk,",
      ["SP309 spec.yaml:15:67"],
    ],
    [
      "deprecatedAt of a path whose operation is not deprecated",
      "  /health:\n",
      "  /health:\n    x-sallyport: {lifecycle: {deprecatedAt: 2026-01-01}}\n",
      ["SP308 spec.yaml:18:5"],
    ],
    [
      "a sunset that nothing announces",
      "{authz: clerk,",
      "{lifecycle: {since: v1, sunset: 2030-01-01, afterSunset: gone}, authz: clerk,",
      ["SP313 spec.yaml:14:44", "SP313 spec.yaml:14:64"],
    ],
    [
      "an object's id that is no parameter",
      "{authz: clerk,",
      "{object: {type: A, id: 'path:idd', owner: {field: a}}, authz: clerk,",
      ["SP311 spec.yaml:14:43"],
    ],
    [
      "a subject that is no parameter",
      "{authz: clerk,",
      "{audit: {subject: 'header:X-Id'}, authz: clerk,",
      ["SP311 spec.yaml:14:38"],
    ],
    [
      "audited fields without a body",
      "{authz: clerk,",
      "{audit: {fields: [/a]}, authz: clerk,",
      ["SP312 spec.yaml:14:38"],
    ],
    [
      "another tool's annotation",
      "operationId: health",
      "operationId: health\n      x-ms-mutability: []",
      ["SP310 spec.yaml:19:7"],
    ],
    ["an operationId twice", "operationId: health", "operationId: getA", ["SP150 spec.yaml:18:20"]],
    ["a path without its parameter", "/a/{id}:", "/a/{id}/{no}:", ["SP151 spec.yaml:11:5"]],
    ["a parameter without its path", "/a/{id}:", "/a:", ["SP151 spec.yaml:13:20"]],
    ["a variable twice", "/a/{id}:", "/a/{id}/{id}:", ["SP152 spec.yaml:10:3"]],
    [
      "a parameter twice",
      "parameters: [",
      "parameters: [{name: q, in: query, schema: {}}, {name: q, in: query, schema: {}}, ",
      ["SP154 spec.yaml:13:54"],
    ],
    ["R13 TRACE", "  /health:\n    get:", "  /health:\n    trace:", ["SP155 spec.yaml:17:5"]],
    [
      "a body of a GET",
      "operationId: health",
      "operationId: health\n      requestBody: {content: {}}",
      ["SP156 spec.yaml:19:7"],
    ],
    ["a parameter of no kind", "schema: {type: string}}]", "x: 1}]", ["SP157 spec.yaml:13:20"]],
    ["an optional path parameter", "required: true, ", "", ["SP158 spec.yaml:13:20"]],
    ["R32 a property named __proto__", "properties: {a:", "properties: {__proto__:", ["SP501 spec.yaml:26:36"]],
    ["a deprecated scheme without an end", "name: X-Key}", "name: X-Key, deprecated: true}", ["SP222 spec.yaml:24:62"]],
    [
      "a deprecated scheme with an end",
      "name: X-Key}",
      'name: X-Key, deprecated: true, x-sallyport: {acceptDeprecated: {until: "2027-01-01"}}}',
      [],
    ],
    ["a promise that is not kept yet", "{authz: clerk,", "{cache: public, authz: clerk,", ["SP900 spec.yaml:14:21"]],
  ])("%s", (_what, from, to, expected) => {
    expect([...said(from, to)].sort()).toEqual([...expected].sort());
  });

  it.each([
    ["multipart/mixed: {itemEncoding: {}}", 0],
    ["multipart/mixed: {itemSchema: {}}", 0],
    ["multipart/form-data: {schema: {type: array}}", 0],
    ["multipart/mixed: {schema: {type: array}, encoding: {a: {contentType: text/plain}}}", 1],
    ["multipart/form-data: {encoding: {a: {style: pipeDelimited}}}", 0],
    ["multipart/form-data: {encoding: {a: {contentType: multipart/mixed}}}", 1],
    ["multipart/form-data: {}, multipart/mixed: {}", 0],
    ["application/octet-stream: {itemSchema: {}}", 1],
    ["application/jsonl: {itemSchema: {}}", 0],
  ])("content that can be read in one way only: %s", (content, count) => {
    const body = `operationId: health\n      requestBody: {content: {${content}}}`;
    const answer = `"204": {description: "", content: {${content}}}`;
    const of = (codes: readonly string[]) => codes.filter((one) => one.startsWith("SP901")).length;
    expect(of(said("operationId: health", body))).toBe(count);
    expect(of(said('"200": {description: Fine.}}\ncomponents', `${answer}}\ncomponents`))).toBe(count);
  });

  const query = (text: string) => `parameters: [${text}, `;
  it.each([
    ["{name: q, in: query, style: pipeDelimited, schema: {type: string}}", ["SP170"]],
    ["{name: q, in: query, style: spaceDelimited, explode: true, schema: {type: array}}", ["SP170"]],
    ["{name: q, in: query, style: deepObject, schema: {type: array}}", ["SP170"]],
    ["{name: q, in: query, style: deepObject, schema: {properties: {a: {type: object}}}}", []],
    ["{name: q, in: query, schema: {type: array, items: {type: object}}}", ["SP170"]],
    ["{name: q, in: query, content: {application/json: {schema: {type: array, items: {type: object}}}}}", []],
    ["{name: q, in: cookie, schema: {type: array}}", ["SP170"]],
    ["{name: q, in: cookie, style: cookie, schema: {type: array}}", []],
    ["{name: q, in: querystring, content: {application/json: {}}}", []],
    ["{name: q, in: querystring, schema: {}}", ["SP171"]],
    ["{name: q, in: querystring, content: {text/plain: {}}}, {name: r, in: query, schema: {}}", ["SP171"]],
    [
      "{name: q, in: querystring, content: {text/plain: {}}}, {name: r, in: querystring, content: {text/plain: {}}}",
      ["SP171"],
    ],
    ["{name: a, in: query, schema: {}}, {name: q, in: query, schema: {type: object, properties: {a: {}}}}", ["SP172"]],
    ["{name: p, in: query, schema: {type: object}}, {name: q, in: query, schema: {type: object}}", ["SP172"]],
    ["{name: p, in: query, schema: {type: object}}, {name: q, in: query, schema: {type: string}}", []],
    ["{name: a, in: query, schema: {}}, {name: q, in: query, explode: false, schema: {properties: {a: {}}}}", []],
    ["{name: q, in: cookie, style: cookie, schema: {type: object}}", ["SP172"]],
  ])("how parameters are written: %s", (parameters, codes) => {
    const found = said("parameters: [", query(parameters)).map((one) => one.slice(0, 5));
    expect([...new Set(found)]).toEqual(codes);
  });

  it("names that several parameters of a query would take are a warning: what cannot be told apart is refused", () => {
    const two = "{name: p, in: query, schema: {type: object}}, {name: q, in: query, schema: {type: object}}";
    const found = runRules(specOf(clean.replace("parameters: [", query(two))), {});
    expect(found.map(({ code, severity }) => `${code} ${severity}`)).toEqual(["SP172 warning"]);
  });

  it("a scheme without a guard is said where it is used", () => {
    const text = clean
      .replace("key: {type: apiKey, in: header, name: X-Key}", "key: {type: http, scheme: no token}")
      .replace("security: [{oauth", "security: [{key: [], oauth");
    expect(runRules(specOf(text)).map(gistOf)).toEqual(["SP205 spec.yaml:8:13"]);
  });

  it("a bearer's list holds roles", () => {
    const text = clean
      .replace("key: {type: apiKey, in: header, name: X-Key}", "key: {type: http, scheme: bearer}")
      .replace("[{oauth: [read]}]", "[{key: [clerk, bos]}]");
    expect(runRules(specOf(text)).map(gistOf)).toEqual(["SP204 spec.yaml:8:26"]);
  });

  it("the security of a path item holds for its operations", () => {
    const text = clean
      .replace("security: [{oauth: [read]}]\n", "")
      .replace("  /a/{id}:\n", "  /a/{id}:\n    security: [{key: []}]\n");
    expect(runRules(specOf(text))).toEqual([]);
  });

  it("roles in a requirement are no words of 3.0", () => {
    const text = clean.replace("3.1.1", "3.0.3").replace("[{oauth: [read]}]", "[{key: [clerk]}]");
    expect(runRules(specOf(text)).map(gistOf)).toEqual(["SP204 spec.yaml:8:18"]);
  });

  it("R10 many undeclared operations are one complaint, and a client needs none", () => {
    const paths = Array.from({ length: 5 }, (_, i) => `  /b${i}: {get: {responses: {}}}\n`).join("");
    const text = clean.replace("security: [{oauth: [read]}]\n", "").replace("paths:\n", `paths:\n${paths}`);
    expect(runRules(specOf(text)).map(gistOf)).toEqual(["SP201 spec.yaml:8:1"]);
    expect(runRules(specOf(text), { only: ["types", "wire", "policy", "client"] })).toEqual([]);
    expect(runRules(specOf(text), { only: ["trpc"] })).toHaveLength(1);
  });

  it("the same path twice, by other names, is refused where methods meet", () => {
    const same = (method: string) =>
      said(
        "  /health:\n",
        `  /a/{key}:\n    ${method}:\n      parameters: [{name: key, in: path, required: true, schema: {}}]\n      responses: {}\n  /health:\n`,
      );
    expect(same("get")).toEqual(["SP153 spec.yaml:16:3"]);
    expect(same("put")).toEqual([]);
  });

  it.each([
    ["/a", true],
    ["/b", true],
    ["/c/d", true],
    ["/list/0", true],
    ["/open/anything", true],
    ["/x", false],
    ["/c/x", false],
  ])("an audited field %s of the body is there: %s", (field, known) => {
    const body = `{content: {application/json: {schema: {$ref: "#/components/schemas/B"}}}}`;
    const text = clean
      .replace("    get:\n      operationId: getA", `    post:\n      requestBody: ${body}\n      operationId: getA`)
      .replace("{authz: clerk,", `{audit: {fields: [${field}]}, authz: clerk,`)
      .concat(
        "    B: {allOf: [{$ref: '#/components/schemas/A'}, {type: object, properties: {b: {}, c: {oneOf: [{properties: {d: {}}}]},",
        " list: {items: {type: string}}, open: {type: object, additionalProperties: true}}}]}\n",
      );
    expect(runRules(specOf(text)).map(gistOf)).toEqual(known ? [] : ["SP312 spec.yaml:15:38"]);
  });

  it("every complaint has a fix, and none throws on odd nodes", () => {
    const odd = [null, 1, "x", [], [null], { a: null }];
    for (const key of ["paths", "components", "security", "servers", "x-sallyport", "tags"]) {
      for (const value of odd) {
        const spec = specOf(`openapi: 3.1.1\n${key}: ${JSON.stringify(value)}\n`);
        expect(runRules(spec).every((one) => one.fix !== undefined && one.fix.length > 0)).toBe(true);
      }
    }
  });
});
