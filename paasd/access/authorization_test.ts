import { processService } from "@paas/proto";
import { assert, assertEquals, assertThrows } from "@std/assert";
import { allowedUntil, type Grant, rightOf, RULES, type Scope } from "./authorization.ts";
import { PermissionDeniedError, ProcessNotFoundError } from "../errors.ts";
import type { Role } from "./roles.ts";

const id = crypto.randomUUID();
const path = (method: string) => `/paas.v1.ProcessService/${method}`;

Deno.test("RULES has a row for each call of the contract, and no other", () => {
  assertEquals(Object.keys(RULES).toSorted(), Object.keys(processService).toSorted());
});

/** Expected scopes, written by hand: none, own or all, for none, user, viewer and operator. */
const EXPECTED: Record<string, [Scope, Scope, Scope, Scope]> = {
  Exec: ["none", "own", "none", "own"],
  GetLogs: ["none", "own", "all", "all"],
  GetStatus: ["none", "own", "all", "all"],
  Stop: ["none", "own", "none", "all"],
  Wait: ["none", "own", "all", "all"],
  Signal: ["none", "own", "none", "all"],
  List: ["none", "own", "all", "all"],
  Remove: ["none", "own", "none", "all"],
  Attach: ["none", "own", "none", "own"],
  Watch: ["none", "own", "all", "all"],
  Share: ["none", "own", "none", "own"],
  Unshare: ["none", "own", "none", "own"],
  WhoAmI: ["own", "own", "own", "own"],
  Drain: ["none", "none", "none", "all"],
};

/** The scope of a role, or `none` when it is refused. */
function scopeOf(role: Role, path: string): Scope {
  try {
    return rightOf(role, path).scope;
  } catch (error) {
    if (error instanceof PermissionDeniedError) return "none";
    throw error;
  }
}

Deno.test("rightOf() gives each role what it is for", () => {
  for (const method of Object.keys(processService)) {
    const scopes = (["none", "user", "viewer", "operator"] as const).map((role) => scopeOf(role, path(method)));
    assertEquals(scopes, EXPECTED[method], method);
  }
});

Deno.test("rightOf() says in people's words what a role does not allow, and what to do", () => {
  const { message } = assertThrows(() => rightOf("viewer", path("Stop")), PermissionDeniedError);
  assertEquals(
    message,
    "Your role, viewer, does not let you stop processes: ask the daemon's operator for another one",
  );
  for (const [method, { does }] of Object.entries(RULES)) assert(!does.includes(method) && does !== "", method);
});

Deno.test("rightOf() denies what has no row, to everybody", () => {
  for (const call of [path("Reboot"), path("constructor"), path("__proto__"), "/other.Service/GetStatus", "", "/"]) {
    for (const role of ["none", "user", "viewer", "operator"] as const) assertEquals(scopeOf(role, call), "none", call);
  }
  assertEquals(scopeOf("none", "/grpc.health.v1.Health/Check"), "own");
});

Deno.test("allowedUntil() opens a process to its owner, to roles, and to whom it is shared with", () => {
  const soon = Date.now() + 60_000;
  const grants: Grant[] = [
    { user: "viewed", permission: "view", until: soon },
    { user: "stopped", permission: "stop", until: undefined },
    { user: "late", permission: "stop", until: Date.now() - 1 },
  ];
  const entry = { owner: "owner", grants };
  const may = (user: string, role: Role, method: string) => {
    try {
      return allowedUntil(id, entry, { id: user }, rightOf(role, path(method)));
    } catch (error) {
      return (error as Error).name;
    }
  };
  const [hidden, denied] = ["ProcessNotFoundError", "PermissionDeniedError"];
  const cases: [user: string, role: Role, method: string, outcome: number | string][] = [
    ["owner", "user", "Attach", Infinity],
    ["owner", "viewer", "GetLogs", Infinity],
    ["owner", "viewer", "Stop", denied],
    ["stranger", "user", "GetStatus", hidden],
    ["stranger", "user", "Stop", hidden],
    ["stranger", "user", "Share", hidden],
    ["stranger", "viewer", "GetLogs", Infinity],
    ["stranger", "operator", "Stop", Infinity],
    ["stranger", "operator", "Signal", Infinity],
    ["stranger", "operator", "Remove", Infinity],
    ["stranger", "viewer", "Signal", denied],
    ["stranger", "viewer", "Remove", denied],
    ["viewed", "user", "Signal", denied],
    ["stopped", "user", "Signal", denied],
    ["stopped", "user", "Remove", denied],
    ["stranger", "operator", "Attach", denied],
    ["stranger", "operator", "Share", denied],
    ["viewed", "user", "GetStatus", soon],
    ["viewed", "user", "GetLogs", soon],
    ["viewed", "user", "Wait", soon],
    ["viewed", "user", "Stop", denied],
    ["viewed", "user", "Share", denied],
    ["viewed", "user", "Remove", denied],
    ["viewed", "none", "GetStatus", denied],
    ["stopped", "user", "Stop", Infinity],
    ["stopped", "user", "GetLogs", Infinity],
    ["stopped", "user", "Attach", denied],
    ["stopped", "viewer", "Stop", denied],
    ["late", "user", "GetStatus", hidden],
    ["late", "user", "Stop", hidden],
  ];
  for (const [user, role, method, outcome] of cases) {
    assertEquals(may(user, role, method), outcome, `${user} as ${role}: ${method}`);
  }
});

Deno.test("allowedUntil() says the same of another's process as of none", () => {
  const right = rightOf("user", path("GetStatus"));
  const entry = { owner: "owner", grants: [] };
  const hidden = assertThrows(() => allowedUntil(id, entry, { id: "stranger" }, right), ProcessNotFoundError);
  const none = assertThrows(() => allowedUntil(id, undefined, { id: "stranger" }, right), ProcessNotFoundError);
  assertEquals(hidden.message, none.message);
});
