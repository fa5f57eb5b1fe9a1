import type { ProcessStatus__Output } from "@paas/proto";
import { ID } from "../stand_in_daemon.ts";

/** The status of a process that runs, as a daemon sends it. */
export const RUNNING: ProcessStatus__Output = {
  state: "PROCESS_STATE_RUNNING",
  startTime: { seconds: 100, nanos: 0 },
  finishTime: null,
  endReason: "END_REASON_UNSPECIFIED",
  stop: null,
  processId: ID,
  args: ["echo", "hello"],
  name: "",
  labels: {},
  pid: 7,
  logBytes: 6,
  logLines: 1,
  stdin: false,
  terminal: false,
  grants: [],
  owner: "",
  ownerSubject: "",
  againOf: "",
  restart: null,
};
