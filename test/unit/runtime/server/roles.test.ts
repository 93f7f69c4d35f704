import { allRoles, anyRole, deny, role } from "@sallyport/runtime/policy";
import { describe, expect, it } from "vitest";
import { closeRoles, rolesOf, satisfies } from "../../../../runtime/src/server/roles.js";

const roles = closeRoles({ admin: ["editor"], editor: ["viewer"], viewer: [], a: ["b"], b: ["a"] });

describe("the role hierarchy", () => {
  it("gives a role all that it inherits, and nothing above it", () => {
    expect([...roles.expand(["admin"])].sort()).toEqual(["admin", "editor", "viewer"]);
    expect([...roles.expand(["editor"])].sort()).toEqual(["editor", "viewer"]);
    expect([...roles.expand(["viewer"])]).toEqual(["viewer"]);
  });

  it("ends where a cycle closes, and knows no role by accident", () => {
    expect([...roles.expand(["a"])].sort()).toEqual(["a", "b"]);
    expect([...roles.expand(["constructor", "__proto__", "Admin", "nobody's"])]).toEqual([]);
  });

  it("is asked once for each set of roles", () => {
    const held = new Set(["admin"]);
    expect(roles.of(held)).toBe(roles.of(held));
    expect([...roles.of(held)].sort()).toEqual(["admin", "editor", "viewer"]);
  });
});

describe("a role rule", () => {
  const has = (...names: string[]) => new Set(names);

  it.each([
    [role("admin"), has("admin"), true],
    [role("admin"), has("viewer"), false],
    [anyRole(role("a"), role("b")), has("b"), true],
    [anyRole(role("a"), role("b")), has("c"), false],
    [allRoles(role("a"), role("b")), has("a"), false],
    [allRoles(role("a"), anyRole(role("b"), role("c"))), has("a", "c"), true],
    [allRoles(), has(), true],
    [anyRole(), has("a"), false],
    [deny, has("admin"), false],
  ])("%j", (rule, held, holds) => {
    expect(satisfies(rule, held)).toBe(holds);
  });

  it("a rule of an unknown kind lets nobody in", () => {
    expect(satisfies({ kind: "everybody" } as never, has("admin"))).toBe(false);
  });

  it("names the roles it speaks of", () => {
    expect(rolesOf(allRoles(role("a"), anyRole(role("b"), deny)))).toEqual(["a", "b"]);
  });
});
