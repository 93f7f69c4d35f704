import { describe, expect, it } from "vitest";
import { Router } from "../../../../runtime/src/server/router.js";
import { readTarget } from "../../../../runtime/src/server/target.js";

function routerOf(...paths: readonly string[]): (path: string) => readonly unknown[] | undefined {
  const router = new Router<string>();
  for (const path of paths) expect(router.add("GET", path, path)).toBe(true);
  return (path) => {
    const place = router.find(path);
    return place === undefined ? undefined : [place.methods.get("GET")?.data, ...place.captured];
  };
}

describe("a path", () => {
  it("leads to a literal before it leads to a place", () => {
    const find = routerOf("/books/{id}", "/books/mine", "/{any}/mine");
    expect(find("/books/mine")).toEqual(["/books/mine"]);
    expect(find("/books/7")).toEqual(["/books/{id}", "7"]);
    expect(find("/films/mine")).toEqual(["/{any}/mine", "films"]);
  });

  it("is found although a literal led nowhere", () => {
    const find = routerOf("/a/b/d", "/a/{x}/c", "/{y}/b/e");
    expect(find("/a/b/c")).toEqual(["/a/{x}/c", "b"]);
    expect(find("/a/b/e")).toEqual(["/{y}/b/e", "a"]);
    expect(find("/a/b/f")).toBeUndefined();
  });

  it("has places in the middle of a segment", () => {
    const find = routerOf("/files/{name}.json", "/files/{name}", "/compare/{base}...{head}", "/{a}-{b}-{c}", "/v{n}/x");
    expect(find("/files/a.json")).toEqual(["/files/{name}.json", "a"]);
    expect(find("/files/.json")).toEqual(["/files/{name}", ".json"]);
    expect(find("/files/a.xml")).toEqual(["/files/{name}", "a.xml"]);
    expect(find("/compare/main...topic")).toEqual(["/compare/{base}...{head}", "main", "topic"]);
    expect(find("/compare/...topic")).toBeUndefined();
    expect(find("/1-2-3")).toEqual(["/{a}-{b}-{c}", "1", "2", "3"]);
    expect(find("/---")).toBeUndefined();
    expect(find("/-----")).toEqual(["/{a}-{b}-{c}", "-", "-", "-"]);
    expect(find("/v2/x")).toEqual(["/v{n}/x", "2"]);
  });

  it.each([
    "//a",
    "/a/",
    "/A",
    "/%61",
    "/a;x",
    "/a%2F",
    "/./a",
    "/x/../a",
    "/%2e/a",
    "/x/%2E%2e/a",
    "/a/%2E.",
    "a",
    "",
  ])("R8 %s is not /a", (path) => {
    expect(routerOf("/a", "/{x}/{y}/{z}")(path)).toBeUndefined();
  });

  it("R8 a segment is one segment, whatever is encoded in it", () => {
    const find = routerOf("/a/{x}", "/a/{x}/b");
    expect(find("/a/1%2Fb")).toEqual(["/a/{x}", "1%2Fb"]);
    expect(find("/a/1;x=2")).toEqual(["/a/{x}", "1;x=2"]);
    expect(find("/a/")).toBeUndefined();
    expect(find("/a//b")).toBeUndefined();
  });

  it("spells the literals of the spec as they come over the wire", () => {
    expect(routerOf("/café/a b")("/caf%C3%A9/a%20b")).toEqual(["/café/a b"]);
    expect(routerOf("/caf%C3%A9")("/caf%C3%A9")).toEqual(["/caf%C3%A9"]);
    expect(routerOf("/:id/*")("/x/y")).toBeUndefined();
    expect(routerOf("/__proto__/constructor")("/__proto__/constructor")).toEqual(["/__proto__/constructor"]);
    expect(routerOf("/a")("/constructor")).toBeUndefined();
  });

  it("belongs to one operation a method", () => {
    const router = new Router<number>();
    expect(router.add("GET", "/a/{x}", 1)).toBe(true);
    expect(router.add("PUT", "/a/{y}", 2)).toBe(true);
    expect(router.add("GET", "/a/{z}", 3)).toBe(false);
    expect(router.find("/a/7")?.methods.get("PUT")?.names).toEqual(["y"]);
    expect(router.all()).toEqual([1, 2]);
  });

  it("a hostile segment takes no more time than its length", () => {
    const find = routerOf("/{a}x{b}x{c}x{d}x{e}y");
    const start = performance.now();
    expect(find(`/${"x".repeat(200_000)}`)).toBeUndefined();
    expect(performance.now() - start).toBeLessThan(100);
  });
});

describe("a request target", () => {
  it.each([
    ["/a?b=c?d", { path: "/a", query: "b=c?d" }],
    ["/a", { path: "/a", query: "" }],
    ["//a/b", { path: "//a/b", query: "" }],
    ["http://other.example/a?b", { path: "/a", query: "b" }],
    ["HTTPS://other.example:8443/a", { path: "/a", query: "" }],
    ["http://other.example", { path: "/", query: "" }],
    ["http://other.example?x", { path: "/", query: "x" }],
  ])("%s is read", (target, read) => {
    expect(readTarget(target)).toEqual(read);
  });

  it.each([
    "*",
    "",
    "a",
    "api.example:443",
    "/a#b",
    "/caf\u00e9",
    "/a\u0000",
    "/a b",
    "/a?b#c",
    "http://user@other.example/a",
    "http:///a",
    "ftp://x/a",
    "http://x\\@y/a#",
  ])("%s names nothing of ours", (target) => {
    expect(readTarget(target)).toBeUndefined();
  });
});
