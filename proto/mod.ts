/**
 * The contract between `paasd` and `paasc`: `paas/v1/paas.proto`, its service definition and its message types.
 *
 * This module loads grpc-js, after the workaround of `patches/http2_goaway.ts`.
 *
 * @module
 */
export { MalformedRequest } from "./definition.ts";
export { ProcessService, processService } from "./service.ts";
export { fromTimestamp, toTimestamp } from "./words/time.ts";
export type * from "./gen/paas/v1/AttachRequest.ts";
export type * from "./gen/paas/v1/AttachResponse.ts";
export type * from "./gen/paas/v1/DrainRequest.ts";
export type * from "./gen/paas/v1/DrainResponse.ts";
export type * from "./gen/paas/v1/EndReason.ts";
export type * from "./gen/paas/v1/ExecRequest.ts";
export type * from "./gen/paas/v1/ExecResponse.ts";
export type * from "./gen/paas/v1/GetLogsRequest.ts";
export type * from "./gen/paas/v1/GetLogsResponse.ts";
export type * from "./gen/paas/v1/GetStatusRequest.ts";
export type * from "./gen/paas/v1/GetStatusResponse.ts";
export type * from "./gen/paas/v1/Grant.ts";
export type * from "./gen/paas/v1/InputState.ts";
export type * from "./gen/paas/v1/Limits.ts";
export type * from "./gen/paas/v1/ListRequest.ts";
export type * from "./gen/paas/v1/ListResponse.ts";
export type * from "./gen/paas/v1/LogChunk.ts";
export type * from "./gen/paas/v1/LogEnd.ts";
export type * from "./gen/paas/v1/LogGap.ts";
export type * from "./gen/paas/v1/LogGapReason.ts";
export type * from "./gen/paas/v1/LogStream.ts";
export type * from "./gen/paas/v1/OnSlow.ts";
export type * from "./gen/paas/v1/ProcessService.ts";
export type * from "./gen/paas/v1/ProcessState.ts";
export type * from "./gen/paas/v1/ProcessStatus.ts";
export type * from "./gen/paas/v1/RemoveRequest.ts";
export type * from "./gen/paas/v1/RemoveResponse.ts";
export type * from "./gen/paas/v1/RestartCondition.ts";
export type * from "./gen/paas/v1/RestartPolicy.ts";
export type * from "./gen/paas/v1/RestartState.ts";
export type * from "./gen/paas/v1/SharePermission.ts";
export type * from "./gen/paas/v1/ShareRequest.ts";
export type * from "./gen/paas/v1/ShareResponse.ts";
export type * from "./gen/paas/v1/SignalRequest.ts";
export type * from "./gen/paas/v1/SignalResponse.ts";
export type * from "./gen/paas/v1/SignalTarget.ts";
export type * from "./gen/paas/v1/StopInfo.ts";
export type * from "./gen/paas/v1/StopRequest.ts";
export type * from "./gen/paas/v1/StopResponse.ts";
export type * from "./gen/paas/v1/Terminal.ts";
export type * from "./gen/paas/v1/TerminalSize.ts";
export type * from "./gen/paas/v1/UnshareRequest.ts";
export type * from "./gen/paas/v1/UnshareResponse.ts";
export type * from "./gen/paas/v1/WaitRequest.ts";
export type * from "./gen/paas/v1/WaitResponse.ts";
export type * from "./gen/paas/v1/WatchRequest.ts";
export type * from "./gen/paas/v1/WatchResponse.ts";
export type * from "./gen/paas/v1/WhoAmIRequest.ts";
export type * from "./gen/paas/v1/WhoAmIResponse.ts";
