import { describe, expect, it } from "vitest";
import type { SpecObject } from "../../../../generator/model/spec.js";
import { loadSpec } from "../../../../generator/source/load.js";
import { complaintsOf, gistOf, scratch } from "../../../support/files.js";

const write = scratch();
const entry = `openapi: 3.1.1
info: {title: T, version: "1"}
tags: [{name: a}]
paths:
  /a:
    get: {summary: Old, security: [{key: []}], responses: {}}
    delete: {responses: {}}
  /it's:
    get: {responses: {}}
`;
const overlayOf = (actions: string) => `overlay: 1.0.0\ninfo: {title: O, version: "1"}\nactions:\n${actions}`;

async function overlaid(actions: string, allowWidening = false) {
  const cwd = write({ "spec.yaml": entry, "o.yaml": overlayOf(actions) });
  return loadSpec({ entry: "spec.yaml", overlays: ["o.yaml"], cwd, allowWidening });
}

const faults = async (actions: string) => (await complaintsOf(overlaid(actions))).map(gistOf);
const getOf = (root: SpecObject) => ((root.paths as SpecObject)["/a"] as SpecObject).get as SpecObject;

describe("overlays", () => {
  it("merge objects, replace values, concatenate lists, and say where they did", async () => {
    const spec = await overlaid(`  - target: $.paths['/a'].get
    update: {summary: New, x-sallyport: {authz: deny}}
  - target: $
    update: {tags: [{name: b}]}
`);
    const get = getOf(spec.root);
    expect(get.summary).toBe("New");
    expect(JSON.stringify(spec.root.tags)).toBe('[{"name":"a"},{"name":"b"}]');
    expect(spec.at(get, "summary")).toMatchObject({ file: "o.yaml", line: 5, column: 23 });
    expect(spec.at(get.security as object)).toMatchObject({ file: "spec.yaml" });
    expect(spec.at(get["x-sallyport"] as object, "authz")).toMatchObject({ file: "o.yaml" });
  });

  it("reach many targets, and give each its own copy", async () => {
    const spec = await overlaid("  - target: $.paths.*.get\n    update: {x-sallyport: {audit: {event: read}}}\n");
    const paths = spec.root.paths as SpecObject;
    const [a, b] = ["/a", "/it's"].map((path) => ((paths[path] as SpecObject).get as SpecObject)["x-sallyport"]);
    expect(a).toEqual(b);
    expect(a).not.toBe(b);
  });

  it("remove, also several items of one list", async () => {
    const spec = await overlaid(
      "  - target: $.paths['/a'].delete\n    remove: true\n  - target: $.tags[*]\n    remove: true\n",
    );
    expect(Object.keys((spec.root.paths as SpecObject)["/a"] as SpecObject)).toEqual(["get"]);
    expect(spec.root.tags).toEqual([]);
  });

  it("that match nothing are errors", async () => {
    expect(await faults("  - target: $.paths['/b']\n    update: {}\n")).toEqual(["SP603 o.yaml:4:13"]);
  });

  it("with a target that is no JSONPath are errors", async () => {
    expect(await faults('  - target: "paths./a"\n    update: {}\n')).toEqual(["SP602 o.yaml:4:13"]);
  });

  it("with nothing to do are errors", async () => {
    expect(await faults("  - target: $.info\n")).toEqual(["SP601 o.yaml:4:13"]);
    expect(await faults("  - update: {}\n")).toEqual(["SP601 o.yaml:4:5"]);
  });

  it("R60 that add a way in are refused, unless that is asked for", async () => {
    const widening = "  - target: $.paths['/a'].get\n    update: {security: [{other: []}]}\n";
    expect(await faults(widening)).toEqual(["SP605 o.yaml:5:24"]);
    expect(await faults("  - target: $.paths['/a'].get.security\n    update: {other: []}\n")).toEqual([
      "SP605 o.yaml:5:13",
    ]);
    expect(JSON.stringify(getOf((await overlaid(widening, true)).root).security)).toBe('[{"key":[]},{"other":[]}]');
  });

  it("that declare what was undeclared widen nothing", async () => {
    const spec = await overlaid("  - target: $\n    update: {security: [{key: []}]}\n");
    expect(JSON.stringify(spec.root.security)).toBe('[{"key":[]}]');
  });

  it("that are none are refused", async () => {
    const cwd = write({ "spec.yaml": entry, "o.yaml": "openapi: 3.1.1\n" });
    expect((await complaintsOf(loadSpec({ entry: "spec.yaml", overlays: ["o.yaml"], cwd }))).map(gistOf)).toEqual([
      "SP601 o.yaml:1:1",
    ]);
  });
});
