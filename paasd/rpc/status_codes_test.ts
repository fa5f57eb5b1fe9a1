import { assert, assertEquals, assertMatch } from "@std/assert";
import { status as Code } from "@paas/proto/grpc";
import { SpawnError, type SpawnFailure, SpoolError, StopInProgressError } from "@paas/worker";
import {
  InvalidArgumentError,
  PermissionDeniedError,
  ProcessNotFoundError,
  ShuttingDownError,
  TooManyGrantsError,
  UnauthenticatedError,
} from "../errors.ts";
import { toRefusal } from "./status_codes.ts";

const silent = () => {};

Deno.test("toRefusal() gives each foreseen error its code and its own words", () => {
  const failures: [SpawnFailure, Code][] = [
    ["invalid-command", Code.INVALID_ARGUMENT],
    ["command-too-long", Code.INVALID_ARGUMENT],
    ["program-not-found", Code.NOT_FOUND],
    ["not-executable", Code.PERMISSION_DENIED],
    ["directory-not-found", Code.FAILED_PRECONDITION],
    ["out-of-resources", Code.RESOURCE_EXHAUSTED],
  ];
  const cases: [Error, Code][] = [
    ...failures.map(([failure, code]): [Error, Code] => [new SpawnError(failure, "words"), code]),
    [
      new SpoolError("words", { cause: Object.assign(new Error("disk full"), { code: "ENOSPC" }) }),
      Code.RESOURCE_EXHAUSTED,
    ],
    [new StopInProgressError(), Code.FAILED_PRECONDITION],
    [new InvalidArgumentError("words"), Code.INVALID_ARGUMENT],
    [new ProcessNotFoundError("words"), Code.NOT_FOUND],
    [new PermissionDeniedError("words"), Code.PERMISSION_DENIED],
    [new TooManyGrantsError(100), Code.RESOURCE_EXHAUSTED],
    [new ShuttingDownError(), Code.UNAVAILABLE],
    [new UnauthenticatedError("words"), Code.UNAUTHENTICATED],
  ];
  for (const [error, code] of cases) {
    assertEquals(toRefusal(error, () => assert(false)), { code, details: error.message });
  }
});

Deno.test("toRefusal() tells the client nothing of the unforeseen but a reference to the daemon's log", () => {
  const unforeseen = [
    new Error("secret"),
    new TypeError("secret"),
    new SpawnError("unknown", "secret"),
    new SpoolError("secret", { cause: new Error("secret") }),
    { code: Code.NOT_FOUND, details: "secret", message: "secret" },
    "secret",
    undefined,
    null,
  ];
  for (const error of unforeseen) {
    const reports: [string, unknown][] = [];
    const { code, details } = toRefusal(error, (...report) => reports.push(report));
    assertEquals(code, Code.INTERNAL);
    assertEquals(reports.length, 1);
    assertEquals(reports[0]?.[1], error);
    assertMatch(reports[0]![0], /^[0-9a-f]{8}$/);
    assert(details.includes(reports[0]![0]) && !details.includes("secret"));
  }
});

Deno.test("toRefusal() gives details that can be sent", () => {
  const { details } = toRefusal(new InvalidArgumentError("\ud800" + "x".repeat(100_000)), silent);
  assert(details.length <= 1_001);
  encodeURI(details); // throws for half a surrogate pair
  encodeURI(toRefusal(new InvalidArgumentError("x".repeat(999) + "💥"), silent).details);
});
