import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { StartError, UnauthenticatedError } from "../errors.ts";
import { parsePolicy, type Role, roleByUnit } from "./roles.ts";

const id = "ab".repeat(32);

Deno.test("roleByUnit() goes by the exact OU, and everybody else is a user", () => {
  const cases: [string[], Role][] = [
    [[], "user"],
    [["paas-viewer"], "viewer"],
    [["paas-operator"], "operator"],
    [["engineering", "paas-operator"], "operator"],
    [["paas-operator", "paas-operator"], "operator"],
    [["paas-Operator"], "user"],
    [["paas-operator "], "user"],
    [["paas-operator\0"], "user"],
    [["xpaas-operator", "paas-operators", "__proto__"], "user"],
  ];
  for (const [units, role] of cases) assertEquals(roleByUnit({ units }), role, units.join());
});

Deno.test("roleByUnit() refuses two roles", () => {
  assertThrows(() => roleByUnit({ units: ["paas-viewer", "paas-operator"] }), UnauthenticatedError, "two roles");
});

Deno.test("parsePolicy() reads roles, and gives none to who is not in it", async () => {
  const policy = await parsePolicy(`[roles]\n${id} = "viewer"\n`, "p");
  assertEquals([policy.default, policy.roles.get(id)], ["none", "viewer"]);
  assertEquals((await parsePolicy(`default = "user"`, "p")).default, "user");
});

Deno.test("parsePolicy() refuses what it does not understand, and names it", async () => {
  const cases: [string, string][] = [
    ["default = ", "TOML"],
    [`default = "root"`, "default must be"],
    [`defaults = "user"`, '"defaults"'],
    [`roles = "user"`, "table"],
    [`[roles]\nalice = "user"`, '"alice"'],
    [`[roles]\n${id.toUpperCase()} = "user"`, "lower-case"],
    [`[roles]\n${id} = "admin"`, "must be one of none, user, viewer, operator"],
    [`[roles]\n${id} = 1`, "must be one of"],
  ];
  for (const [text, words] of cases) await assertRejects(() => parsePolicy(text, "p"), StartError, words);
});
