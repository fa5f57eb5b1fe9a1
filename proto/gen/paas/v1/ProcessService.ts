// Original file: proto/paas/v1/paas.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { AttachRequest as _paas_v1_AttachRequest, AttachRequest__Output as _paas_v1_AttachRequest__Output } from '../../paas/v1/AttachRequest.ts';
import type { AttachResponse as _paas_v1_AttachResponse, AttachResponse__Output as _paas_v1_AttachResponse__Output } from '../../paas/v1/AttachResponse.ts';
import type { DrainRequest as _paas_v1_DrainRequest, DrainRequest__Output as _paas_v1_DrainRequest__Output } from '../../paas/v1/DrainRequest.ts';
import type { DrainResponse as _paas_v1_DrainResponse, DrainResponse__Output as _paas_v1_DrainResponse__Output } from '../../paas/v1/DrainResponse.ts';
import type { ExecRequest as _paas_v1_ExecRequest, ExecRequest__Output as _paas_v1_ExecRequest__Output } from '../../paas/v1/ExecRequest.ts';
import type { ExecResponse as _paas_v1_ExecResponse, ExecResponse__Output as _paas_v1_ExecResponse__Output } from '../../paas/v1/ExecResponse.ts';
import type { GetLogsRequest as _paas_v1_GetLogsRequest, GetLogsRequest__Output as _paas_v1_GetLogsRequest__Output } from '../../paas/v1/GetLogsRequest.ts';
import type { GetLogsResponse as _paas_v1_GetLogsResponse, GetLogsResponse__Output as _paas_v1_GetLogsResponse__Output } from '../../paas/v1/GetLogsResponse.ts';
import type { GetStatusRequest as _paas_v1_GetStatusRequest, GetStatusRequest__Output as _paas_v1_GetStatusRequest__Output } from '../../paas/v1/GetStatusRequest.ts';
import type { GetStatusResponse as _paas_v1_GetStatusResponse, GetStatusResponse__Output as _paas_v1_GetStatusResponse__Output } from '../../paas/v1/GetStatusResponse.ts';
import type { ListRequest as _paas_v1_ListRequest, ListRequest__Output as _paas_v1_ListRequest__Output } from '../../paas/v1/ListRequest.ts';
import type { ListResponse as _paas_v1_ListResponse, ListResponse__Output as _paas_v1_ListResponse__Output } from '../../paas/v1/ListResponse.ts';
import type { RemoveRequest as _paas_v1_RemoveRequest, RemoveRequest__Output as _paas_v1_RemoveRequest__Output } from '../../paas/v1/RemoveRequest.ts';
import type { RemoveResponse as _paas_v1_RemoveResponse, RemoveResponse__Output as _paas_v1_RemoveResponse__Output } from '../../paas/v1/RemoveResponse.ts';
import type { ShareRequest as _paas_v1_ShareRequest, ShareRequest__Output as _paas_v1_ShareRequest__Output } from '../../paas/v1/ShareRequest.ts';
import type { ShareResponse as _paas_v1_ShareResponse, ShareResponse__Output as _paas_v1_ShareResponse__Output } from '../../paas/v1/ShareResponse.ts';
import type { SignalRequest as _paas_v1_SignalRequest, SignalRequest__Output as _paas_v1_SignalRequest__Output } from '../../paas/v1/SignalRequest.ts';
import type { SignalResponse as _paas_v1_SignalResponse, SignalResponse__Output as _paas_v1_SignalResponse__Output } from '../../paas/v1/SignalResponse.ts';
import type { StopRequest as _paas_v1_StopRequest, StopRequest__Output as _paas_v1_StopRequest__Output } from '../../paas/v1/StopRequest.ts';
import type { StopResponse as _paas_v1_StopResponse, StopResponse__Output as _paas_v1_StopResponse__Output } from '../../paas/v1/StopResponse.ts';
import type { UnshareRequest as _paas_v1_UnshareRequest, UnshareRequest__Output as _paas_v1_UnshareRequest__Output } from '../../paas/v1/UnshareRequest.ts';
import type { UnshareResponse as _paas_v1_UnshareResponse, UnshareResponse__Output as _paas_v1_UnshareResponse__Output } from '../../paas/v1/UnshareResponse.ts';
import type { WaitRequest as _paas_v1_WaitRequest, WaitRequest__Output as _paas_v1_WaitRequest__Output } from '../../paas/v1/WaitRequest.ts';
import type { WaitResponse as _paas_v1_WaitResponse, WaitResponse__Output as _paas_v1_WaitResponse__Output } from '../../paas/v1/WaitResponse.ts';
import type { WatchRequest as _paas_v1_WatchRequest, WatchRequest__Output as _paas_v1_WatchRequest__Output } from '../../paas/v1/WatchRequest.ts';
import type { WatchResponse as _paas_v1_WatchResponse, WatchResponse__Output as _paas_v1_WatchResponse__Output } from '../../paas/v1/WatchResponse.ts';
import type { WhoAmIRequest as _paas_v1_WhoAmIRequest, WhoAmIRequest__Output as _paas_v1_WhoAmIRequest__Output } from '../../paas/v1/WhoAmIRequest.ts';
import type { WhoAmIResponse as _paas_v1_WhoAmIResponse, WhoAmIResponse__Output as _paas_v1_WhoAmIResponse__Output } from '../../paas/v1/WhoAmIResponse.ts';

/**
 * ProcessService starts, shows and stops processes.
 */
export interface ProcessServiceClient extends grpc.Client {
  /**
   * Attach sends input to a process that was started with stdin, and streams
   * its output as GetLogs with follow does; clients can read the messages of
   * both in the same way. If the process does not read its input, the client
   * waits. Any number of clients may attach. After a lost connection a client
   * continues with from_offset and input_offset: nothing is lost or repeated.
   * The end of the client's stream does not close the stdin of the process;
   * close_input does.
   */
  Attach(metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientDuplexStream<_paas_v1_AttachRequest, _paas_v1_AttachResponse__Output>;
  Attach(options?: grpc.CallOptions): grpc.ClientDuplexStream<_paas_v1_AttachRequest, _paas_v1_AttachResponse__Output>;
  /**
   * Attach sends input to a process that was started with stdin, and streams
   * its output as GetLogs with follow does; clients can read the messages of
   * both in the same way. If the process does not read its input, the client
   * waits. Any number of clients may attach. After a lost connection a client
   * continues with from_offset and input_offset: nothing is lost or repeated.
   * The end of the client's stream does not close the stdin of the process;
   * close_input does.
   */
  attach(metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientDuplexStream<_paas_v1_AttachRequest, _paas_v1_AttachResponse__Output>;
  attach(options?: grpc.CallOptions): grpc.ClientDuplexStream<_paas_v1_AttachRequest, _paas_v1_AttachResponse__Output>;
  
  /**
   * Drain ends the daemon when all processes have finished. From now on the
   * daemon refuses Exec with UNAVAILABLE, and answers all other calls as before.
   * Only operators may call it. It answers at once. Nobody can take a drain
   * back; another Drain can change its deadline.
   */
  Drain(argument: _paas_v1_DrainRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_paas_v1_DrainResponse__Output>): grpc.ClientUnaryCall;
  Drain(argument: _paas_v1_DrainRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_paas_v1_DrainResponse__Output>): grpc.ClientUnaryCall;
  Drain(argument: _paas_v1_DrainRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_paas_v1_DrainResponse__Output>): grpc.ClientUnaryCall;
  Drain(argument: _paas_v1_DrainRequest, callback: grpc.requestCallback<_paas_v1_DrainResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Drain ends the daemon when all processes have finished. From now on the
   * daemon refuses Exec with UNAVAILABLE, and answers all other calls as before.
   * Only operators may call it. It answers at once. Nobody can take a drain
   * back; another Drain can change its deadline.
   */
  drain(argument: _paas_v1_DrainRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_paas_v1_DrainResponse__Output>): grpc.ClientUnaryCall;
  drain(argument: _paas_v1_DrainRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_paas_v1_DrainResponse__Output>): grpc.ClientUnaryCall;
  drain(argument: _paas_v1_DrainRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_paas_v1_DrainResponse__Output>): grpc.ClientUnaryCall;
  drain(argument: _paas_v1_DrainRequest, callback: grpc.requestCallback<_paas_v1_DrainResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * Exec starts a process, and answers as soon as it runs. If Exec fails, no
   * process exists and nothing is left behind. The operator sets how many
   * finished processes of a user the daemon keeps, and how much space their
   * arguments, variables, names and labels may take. Beyond that the daemon removes the
   * user's own oldest finished processes. If unfinished processes alone exceed
   * the space, the answer is RESOURCE_EXHAUSTED.
   */
  Exec(argument: _paas_v1_ExecRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_paas_v1_ExecResponse__Output>): grpc.ClientUnaryCall;
  Exec(argument: _paas_v1_ExecRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_paas_v1_ExecResponse__Output>): grpc.ClientUnaryCall;
  Exec(argument: _paas_v1_ExecRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_paas_v1_ExecResponse__Output>): grpc.ClientUnaryCall;
  Exec(argument: _paas_v1_ExecRequest, callback: grpc.requestCallback<_paas_v1_ExecResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Exec starts a process, and answers as soon as it runs. If Exec fails, no
   * process exists and nothing is left behind. The operator sets how many
   * finished processes of a user the daemon keeps, and how much space their
   * arguments, variables, names and labels may take. Beyond that the daemon removes the
   * user's own oldest finished processes. If unfinished processes alone exceed
   * the space, the answer is RESOURCE_EXHAUSTED.
   */
  exec(argument: _paas_v1_ExecRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_paas_v1_ExecResponse__Output>): grpc.ClientUnaryCall;
  exec(argument: _paas_v1_ExecRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_paas_v1_ExecResponse__Output>): grpc.ClientUnaryCall;
  exec(argument: _paas_v1_ExecRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_paas_v1_ExecResponse__Output>): grpc.ClientUnaryCall;
  exec(argument: _paas_v1_ExecRequest, callback: grpc.requestCallback<_paas_v1_ExecResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * GetLogs streams the output of a process. It sends the whole history and
   * then, with follow, new output as it arrives, without a gap or a repetition
   * between the two. The stream ends when the process has finished and its
   * output is complete. A slow reader delays neither the process nor other
   * readers.
   */
  GetLogs(argument: _paas_v1_GetLogsRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_paas_v1_GetLogsResponse__Output>;
  GetLogs(argument: _paas_v1_GetLogsRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_paas_v1_GetLogsResponse__Output>;
  /**
   * GetLogs streams the output of a process. It sends the whole history and
   * then, with follow, new output as it arrives, without a gap or a repetition
   * between the two. The stream ends when the process has finished and its
   * output is complete. A slow reader delays neither the process nor other
   * readers.
   */
  getLogs(argument: _paas_v1_GetLogsRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_paas_v1_GetLogsResponse__Output>;
  getLogs(argument: _paas_v1_GetLogsRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_paas_v1_GetLogsResponse__Output>;
  
  /**
   * GetStatus returns the state of a process, and how it ended.
   */
  GetStatus(argument: _paas_v1_GetStatusRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_paas_v1_GetStatusResponse__Output>): grpc.ClientUnaryCall;
  GetStatus(argument: _paas_v1_GetStatusRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_paas_v1_GetStatusResponse__Output>): grpc.ClientUnaryCall;
  GetStatus(argument: _paas_v1_GetStatusRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_paas_v1_GetStatusResponse__Output>): grpc.ClientUnaryCall;
  GetStatus(argument: _paas_v1_GetStatusRequest, callback: grpc.requestCallback<_paas_v1_GetStatusResponse__Output>): grpc.ClientUnaryCall;
  /**
   * GetStatus returns the state of a process, and how it ended.
   */
  getStatus(argument: _paas_v1_GetStatusRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_paas_v1_GetStatusResponse__Output>): grpc.ClientUnaryCall;
  getStatus(argument: _paas_v1_GetStatusRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_paas_v1_GetStatusResponse__Output>): grpc.ClientUnaryCall;
  getStatus(argument: _paas_v1_GetStatusRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_paas_v1_GetStatusResponse__Output>): grpc.ClientUnaryCall;
  getStatus(argument: _paas_v1_GetStatusRequest, callback: grpc.requestCallback<_paas_v1_GetStatusResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * List returns the user's own processes in pages, the newest first.
   */
  List(argument: _paas_v1_ListRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_paas_v1_ListResponse__Output>): grpc.ClientUnaryCall;
  List(argument: _paas_v1_ListRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_paas_v1_ListResponse__Output>): grpc.ClientUnaryCall;
  List(argument: _paas_v1_ListRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_paas_v1_ListResponse__Output>): grpc.ClientUnaryCall;
  List(argument: _paas_v1_ListRequest, callback: grpc.requestCallback<_paas_v1_ListResponse__Output>): grpc.ClientUnaryCall;
  /**
   * List returns the user's own processes in pages, the newest first.
   */
  list(argument: _paas_v1_ListRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_paas_v1_ListResponse__Output>): grpc.ClientUnaryCall;
  list(argument: _paas_v1_ListRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_paas_v1_ListResponse__Output>): grpc.ClientUnaryCall;
  list(argument: _paas_v1_ListRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_paas_v1_ListResponse__Output>): grpc.ClientUnaryCall;
  list(argument: _paas_v1_ListRequest, callback: grpc.requestCallback<_paas_v1_ListResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * Remove removes a finished process and its log. Readers of the log receive a
   * gap of dropped bytes in place of the rest.
   */
  Remove(argument: _paas_v1_RemoveRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_paas_v1_RemoveResponse__Output>): grpc.ClientUnaryCall;
  Remove(argument: _paas_v1_RemoveRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_paas_v1_RemoveResponse__Output>): grpc.ClientUnaryCall;
  Remove(argument: _paas_v1_RemoveRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_paas_v1_RemoveResponse__Output>): grpc.ClientUnaryCall;
  Remove(argument: _paas_v1_RemoveRequest, callback: grpc.requestCallback<_paas_v1_RemoveResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Remove removes a finished process and its log. Readers of the log receive a
   * gap of dropped bytes in place of the rest.
   */
  remove(argument: _paas_v1_RemoveRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_paas_v1_RemoveResponse__Output>): grpc.ClientUnaryCall;
  remove(argument: _paas_v1_RemoveRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_paas_v1_RemoveResponse__Output>): grpc.ClientUnaryCall;
  remove(argument: _paas_v1_RemoveRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_paas_v1_RemoveResponse__Output>): grpc.ClientUnaryCall;
  remove(argument: _paas_v1_RemoveRequest, callback: grpc.requestCallback<_paas_v1_RemoveResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * Share lets another user see one of the user's own processes, or see and
   * stop it, for a time. It replaces an earlier grant to the same user.
   */
  Share(argument: _paas_v1_ShareRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_paas_v1_ShareResponse__Output>): grpc.ClientUnaryCall;
  Share(argument: _paas_v1_ShareRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_paas_v1_ShareResponse__Output>): grpc.ClientUnaryCall;
  Share(argument: _paas_v1_ShareRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_paas_v1_ShareResponse__Output>): grpc.ClientUnaryCall;
  Share(argument: _paas_v1_ShareRequest, callback: grpc.requestCallback<_paas_v1_ShareResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Share lets another user see one of the user's own processes, or see and
   * stop it, for a time. It replaces an earlier grant to the same user.
   */
  share(argument: _paas_v1_ShareRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_paas_v1_ShareResponse__Output>): grpc.ClientUnaryCall;
  share(argument: _paas_v1_ShareRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_paas_v1_ShareResponse__Output>): grpc.ClientUnaryCall;
  share(argument: _paas_v1_ShareRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_paas_v1_ShareResponse__Output>): grpc.ClientUnaryCall;
  share(argument: _paas_v1_ShareRequest, callback: grpc.requestCallback<_paas_v1_ShareResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * Signal sends a signal to a process that has not finished.
   */
  Signal(argument: _paas_v1_SignalRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_paas_v1_SignalResponse__Output>): grpc.ClientUnaryCall;
  Signal(argument: _paas_v1_SignalRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_paas_v1_SignalResponse__Output>): grpc.ClientUnaryCall;
  Signal(argument: _paas_v1_SignalRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_paas_v1_SignalResponse__Output>): grpc.ClientUnaryCall;
  Signal(argument: _paas_v1_SignalRequest, callback: grpc.requestCallback<_paas_v1_SignalResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Signal sends a signal to a process that has not finished.
   */
  signal(argument: _paas_v1_SignalRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_paas_v1_SignalResponse__Output>): grpc.ClientUnaryCall;
  signal(argument: _paas_v1_SignalRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_paas_v1_SignalResponse__Output>): grpc.ClientUnaryCall;
  signal(argument: _paas_v1_SignalRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_paas_v1_SignalResponse__Output>): grpc.ClientUnaryCall;
  signal(argument: _paas_v1_SignalRequest, callback: grpc.requestCallback<_paas_v1_SignalResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * Stop sends SIGTERM to the process group, and SIGKILL after the grace
   * period. It answers when the process has finished and its group is gone or
   * was killed. Of a finished process it only cancels a restart that waits. While a stop is in
   * progress, the answer to another one is FAILED_PRECONDITION. A stop goes on
   * when its client disconnects.
   */
  Stop(argument: _paas_v1_StopRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_paas_v1_StopResponse__Output>): grpc.ClientUnaryCall;
  Stop(argument: _paas_v1_StopRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_paas_v1_StopResponse__Output>): grpc.ClientUnaryCall;
  Stop(argument: _paas_v1_StopRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_paas_v1_StopResponse__Output>): grpc.ClientUnaryCall;
  Stop(argument: _paas_v1_StopRequest, callback: grpc.requestCallback<_paas_v1_StopResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Stop sends SIGTERM to the process group, and SIGKILL after the grace
   * period. It answers when the process has finished and its group is gone or
   * was killed. Of a finished process it only cancels a restart that waits. While a stop is in
   * progress, the answer to another one is FAILED_PRECONDITION. A stop goes on
   * when its client disconnects.
   */
  stop(argument: _paas_v1_StopRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_paas_v1_StopResponse__Output>): grpc.ClientUnaryCall;
  stop(argument: _paas_v1_StopRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_paas_v1_StopResponse__Output>): grpc.ClientUnaryCall;
  stop(argument: _paas_v1_StopRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_paas_v1_StopResponse__Output>): grpc.ClientUnaryCall;
  stop(argument: _paas_v1_StopRequest, callback: grpc.requestCallback<_paas_v1_StopResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * Unshare withdraws a grant. Streams of the other user end at once. It does
   * nothing if there is no grant.
   */
  Unshare(argument: _paas_v1_UnshareRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_paas_v1_UnshareResponse__Output>): grpc.ClientUnaryCall;
  Unshare(argument: _paas_v1_UnshareRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_paas_v1_UnshareResponse__Output>): grpc.ClientUnaryCall;
  Unshare(argument: _paas_v1_UnshareRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_paas_v1_UnshareResponse__Output>): grpc.ClientUnaryCall;
  Unshare(argument: _paas_v1_UnshareRequest, callback: grpc.requestCallback<_paas_v1_UnshareResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Unshare withdraws a grant. Streams of the other user end at once. It does
   * nothing if there is no grant.
   */
  unshare(argument: _paas_v1_UnshareRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_paas_v1_UnshareResponse__Output>): grpc.ClientUnaryCall;
  unshare(argument: _paas_v1_UnshareRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_paas_v1_UnshareResponse__Output>): grpc.ClientUnaryCall;
  unshare(argument: _paas_v1_UnshareRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_paas_v1_UnshareResponse__Output>): grpc.ClientUnaryCall;
  unshare(argument: _paas_v1_UnshareRequest, callback: grpc.requestCallback<_paas_v1_UnshareResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * Wait answers when the process has finished. Any number of clients may wait.
   */
  Wait(argument: _paas_v1_WaitRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_paas_v1_WaitResponse__Output>): grpc.ClientUnaryCall;
  Wait(argument: _paas_v1_WaitRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_paas_v1_WaitResponse__Output>): grpc.ClientUnaryCall;
  Wait(argument: _paas_v1_WaitRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_paas_v1_WaitResponse__Output>): grpc.ClientUnaryCall;
  Wait(argument: _paas_v1_WaitRequest, callback: grpc.requestCallback<_paas_v1_WaitResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Wait answers when the process has finished. Any number of clients may wait.
   */
  wait(argument: _paas_v1_WaitRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_paas_v1_WaitResponse__Output>): grpc.ClientUnaryCall;
  wait(argument: _paas_v1_WaitRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_paas_v1_WaitResponse__Output>): grpc.ClientUnaryCall;
  wait(argument: _paas_v1_WaitRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_paas_v1_WaitResponse__Output>): grpc.ClientUnaryCall;
  wait(argument: _paas_v1_WaitRequest, callback: grpc.requestCallback<_paas_v1_WaitResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * Watch streams the status of the user's own processes: first of each process
   * that has not finished, then at each change. A slow reader receives the
   * newest status of each process, and not every one. A reader that is 20,000
   * processes behind is cut off with UNAVAILABLE. Otherwise the stream does not
   * end.
   */
  Watch(argument: _paas_v1_WatchRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_paas_v1_WatchResponse__Output>;
  Watch(argument: _paas_v1_WatchRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_paas_v1_WatchResponse__Output>;
  /**
   * Watch streams the status of the user's own processes: first of each process
   * that has not finished, then at each change. A slow reader receives the
   * newest status of each process, and not every one. A reader that is 20,000
   * processes behind is cut off with UNAVAILABLE. Otherwise the stream does not
   * end.
   */
  watch(argument: _paas_v1_WatchRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_paas_v1_WatchResponse__Output>;
  watch(argument: _paas_v1_WatchRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_paas_v1_WatchResponse__Output>;
  
  /**
   * WhoAmI returns the identity of the caller. Every user may call it, in any
   * role.
   */
  WhoAmI(argument: _paas_v1_WhoAmIRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_paas_v1_WhoAmIResponse__Output>): grpc.ClientUnaryCall;
  WhoAmI(argument: _paas_v1_WhoAmIRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_paas_v1_WhoAmIResponse__Output>): grpc.ClientUnaryCall;
  WhoAmI(argument: _paas_v1_WhoAmIRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_paas_v1_WhoAmIResponse__Output>): grpc.ClientUnaryCall;
  WhoAmI(argument: _paas_v1_WhoAmIRequest, callback: grpc.requestCallback<_paas_v1_WhoAmIResponse__Output>): grpc.ClientUnaryCall;
  /**
   * WhoAmI returns the identity of the caller. Every user may call it, in any
   * role.
   */
  whoAmI(argument: _paas_v1_WhoAmIRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_paas_v1_WhoAmIResponse__Output>): grpc.ClientUnaryCall;
  whoAmI(argument: _paas_v1_WhoAmIRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_paas_v1_WhoAmIResponse__Output>): grpc.ClientUnaryCall;
  whoAmI(argument: _paas_v1_WhoAmIRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_paas_v1_WhoAmIResponse__Output>): grpc.ClientUnaryCall;
  whoAmI(argument: _paas_v1_WhoAmIRequest, callback: grpc.requestCallback<_paas_v1_WhoAmIResponse__Output>): grpc.ClientUnaryCall;
  
}

/**
 * ProcessService starts, shows and stops processes.
 */
export interface ProcessServiceHandlers extends grpc.UntypedServiceImplementation {
  /**
   * Attach sends input to a process that was started with stdin, and streams
   * its output as GetLogs with follow does; clients can read the messages of
   * both in the same way. If the process does not read its input, the client
   * waits. Any number of clients may attach. After a lost connection a client
   * continues with from_offset and input_offset: nothing is lost or repeated.
   * The end of the client's stream does not close the stdin of the process;
   * close_input does.
   */
  Attach: grpc.handleBidiStreamingCall<_paas_v1_AttachRequest__Output, _paas_v1_AttachResponse>;
  
  /**
   * Drain ends the daemon when all processes have finished. From now on the
   * daemon refuses Exec with UNAVAILABLE, and answers all other calls as before.
   * Only operators may call it. It answers at once. Nobody can take a drain
   * back; another Drain can change its deadline.
   */
  Drain: grpc.handleUnaryCall<_paas_v1_DrainRequest__Output, _paas_v1_DrainResponse>;
  
  /**
   * Exec starts a process, and answers as soon as it runs. If Exec fails, no
   * process exists and nothing is left behind. The operator sets how many
   * finished processes of a user the daemon keeps, and how much space their
   * arguments, variables, names and labels may take. Beyond that the daemon removes the
   * user's own oldest finished processes. If unfinished processes alone exceed
   * the space, the answer is RESOURCE_EXHAUSTED.
   */
  Exec: grpc.handleUnaryCall<_paas_v1_ExecRequest__Output, _paas_v1_ExecResponse>;
  
  /**
   * GetLogs streams the output of a process. It sends the whole history and
   * then, with follow, new output as it arrives, without a gap or a repetition
   * between the two. The stream ends when the process has finished and its
   * output is complete. A slow reader delays neither the process nor other
   * readers.
   */
  GetLogs: grpc.handleServerStreamingCall<_paas_v1_GetLogsRequest__Output, _paas_v1_GetLogsResponse>;
  
  /**
   * GetStatus returns the state of a process, and how it ended.
   */
  GetStatus: grpc.handleUnaryCall<_paas_v1_GetStatusRequest__Output, _paas_v1_GetStatusResponse>;
  
  /**
   * List returns the user's own processes in pages, the newest first.
   */
  List: grpc.handleUnaryCall<_paas_v1_ListRequest__Output, _paas_v1_ListResponse>;
  
  /**
   * Remove removes a finished process and its log. Readers of the log receive a
   * gap of dropped bytes in place of the rest.
   */
  Remove: grpc.handleUnaryCall<_paas_v1_RemoveRequest__Output, _paas_v1_RemoveResponse>;
  
  /**
   * Share lets another user see one of the user's own processes, or see and
   * stop it, for a time. It replaces an earlier grant to the same user.
   */
  Share: grpc.handleUnaryCall<_paas_v1_ShareRequest__Output, _paas_v1_ShareResponse>;
  
  /**
   * Signal sends a signal to a process that has not finished.
   */
  Signal: grpc.handleUnaryCall<_paas_v1_SignalRequest__Output, _paas_v1_SignalResponse>;
  
  /**
   * Stop sends SIGTERM to the process group, and SIGKILL after the grace
   * period. It answers when the process has finished and its group is gone or
   * was killed. Of a finished process it only cancels a restart that waits. While a stop is in
   * progress, the answer to another one is FAILED_PRECONDITION. A stop goes on
   * when its client disconnects.
   */
  Stop: grpc.handleUnaryCall<_paas_v1_StopRequest__Output, _paas_v1_StopResponse>;
  
  /**
   * Unshare withdraws a grant. Streams of the other user end at once. It does
   * nothing if there is no grant.
   */
  Unshare: grpc.handleUnaryCall<_paas_v1_UnshareRequest__Output, _paas_v1_UnshareResponse>;
  
  /**
   * Wait answers when the process has finished. Any number of clients may wait.
   */
  Wait: grpc.handleUnaryCall<_paas_v1_WaitRequest__Output, _paas_v1_WaitResponse>;
  
  /**
   * Watch streams the status of the user's own processes: first of each process
   * that has not finished, then at each change. A slow reader receives the
   * newest status of each process, and not every one. A reader that is 20,000
   * processes behind is cut off with UNAVAILABLE. Otherwise the stream does not
   * end.
   */
  Watch: grpc.handleServerStreamingCall<_paas_v1_WatchRequest__Output, _paas_v1_WatchResponse>;
  
  /**
   * WhoAmI returns the identity of the caller. Every user may call it, in any
   * role.
   */
  WhoAmI: grpc.handleUnaryCall<_paas_v1_WhoAmIRequest__Output, _paas_v1_WhoAmIResponse>;
  
}

export interface ProcessServiceDefinition extends grpc.ServiceDefinition {
  Attach: MethodDefinition<_paas_v1_AttachRequest, _paas_v1_AttachResponse, _paas_v1_AttachRequest__Output, _paas_v1_AttachResponse__Output>
  Drain: MethodDefinition<_paas_v1_DrainRequest, _paas_v1_DrainResponse, _paas_v1_DrainRequest__Output, _paas_v1_DrainResponse__Output>
  Exec: MethodDefinition<_paas_v1_ExecRequest, _paas_v1_ExecResponse, _paas_v1_ExecRequest__Output, _paas_v1_ExecResponse__Output>
  GetLogs: MethodDefinition<_paas_v1_GetLogsRequest, _paas_v1_GetLogsResponse, _paas_v1_GetLogsRequest__Output, _paas_v1_GetLogsResponse__Output>
  GetStatus: MethodDefinition<_paas_v1_GetStatusRequest, _paas_v1_GetStatusResponse, _paas_v1_GetStatusRequest__Output, _paas_v1_GetStatusResponse__Output>
  List: MethodDefinition<_paas_v1_ListRequest, _paas_v1_ListResponse, _paas_v1_ListRequest__Output, _paas_v1_ListResponse__Output>
  Remove: MethodDefinition<_paas_v1_RemoveRequest, _paas_v1_RemoveResponse, _paas_v1_RemoveRequest__Output, _paas_v1_RemoveResponse__Output>
  Share: MethodDefinition<_paas_v1_ShareRequest, _paas_v1_ShareResponse, _paas_v1_ShareRequest__Output, _paas_v1_ShareResponse__Output>
  Signal: MethodDefinition<_paas_v1_SignalRequest, _paas_v1_SignalResponse, _paas_v1_SignalRequest__Output, _paas_v1_SignalResponse__Output>
  Stop: MethodDefinition<_paas_v1_StopRequest, _paas_v1_StopResponse, _paas_v1_StopRequest__Output, _paas_v1_StopResponse__Output>
  Unshare: MethodDefinition<_paas_v1_UnshareRequest, _paas_v1_UnshareResponse, _paas_v1_UnshareRequest__Output, _paas_v1_UnshareResponse__Output>
  Wait: MethodDefinition<_paas_v1_WaitRequest, _paas_v1_WaitResponse, _paas_v1_WaitRequest__Output, _paas_v1_WaitResponse__Output>
  Watch: MethodDefinition<_paas_v1_WatchRequest, _paas_v1_WatchResponse, _paas_v1_WatchRequest__Output, _paas_v1_WatchResponse__Output>
  WhoAmI: MethodDefinition<_paas_v1_WhoAmIRequest, _paas_v1_WhoAmIResponse, _paas_v1_WhoAmIRequest__Output, _paas_v1_WhoAmIResponse__Output>
}
