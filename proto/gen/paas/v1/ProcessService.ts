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

export interface ProcessServiceClient extends grpc.Client {
  Attach(metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientDuplexStream<_paas_v1_AttachRequest, _paas_v1_AttachResponse__Output>;
  Attach(options?: grpc.CallOptions): grpc.ClientDuplexStream<_paas_v1_AttachRequest, _paas_v1_AttachResponse__Output>;
  attach(metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientDuplexStream<_paas_v1_AttachRequest, _paas_v1_AttachResponse__Output>;
  attach(options?: grpc.CallOptions): grpc.ClientDuplexStream<_paas_v1_AttachRequest, _paas_v1_AttachResponse__Output>;
  
  Drain(argument: _paas_v1_DrainRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_paas_v1_DrainResponse__Output>): grpc.ClientUnaryCall;
  Drain(argument: _paas_v1_DrainRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_paas_v1_DrainResponse__Output>): grpc.ClientUnaryCall;
  Drain(argument: _paas_v1_DrainRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_paas_v1_DrainResponse__Output>): grpc.ClientUnaryCall;
  Drain(argument: _paas_v1_DrainRequest, callback: grpc.requestCallback<_paas_v1_DrainResponse__Output>): grpc.ClientUnaryCall;
  drain(argument: _paas_v1_DrainRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_paas_v1_DrainResponse__Output>): grpc.ClientUnaryCall;
  drain(argument: _paas_v1_DrainRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_paas_v1_DrainResponse__Output>): grpc.ClientUnaryCall;
  drain(argument: _paas_v1_DrainRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_paas_v1_DrainResponse__Output>): grpc.ClientUnaryCall;
  drain(argument: _paas_v1_DrainRequest, callback: grpc.requestCallback<_paas_v1_DrainResponse__Output>): grpc.ClientUnaryCall;
  
  Exec(argument: _paas_v1_ExecRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_paas_v1_ExecResponse__Output>): grpc.ClientUnaryCall;
  Exec(argument: _paas_v1_ExecRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_paas_v1_ExecResponse__Output>): grpc.ClientUnaryCall;
  Exec(argument: _paas_v1_ExecRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_paas_v1_ExecResponse__Output>): grpc.ClientUnaryCall;
  Exec(argument: _paas_v1_ExecRequest, callback: grpc.requestCallback<_paas_v1_ExecResponse__Output>): grpc.ClientUnaryCall;
  exec(argument: _paas_v1_ExecRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_paas_v1_ExecResponse__Output>): grpc.ClientUnaryCall;
  exec(argument: _paas_v1_ExecRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_paas_v1_ExecResponse__Output>): grpc.ClientUnaryCall;
  exec(argument: _paas_v1_ExecRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_paas_v1_ExecResponse__Output>): grpc.ClientUnaryCall;
  exec(argument: _paas_v1_ExecRequest, callback: grpc.requestCallback<_paas_v1_ExecResponse__Output>): grpc.ClientUnaryCall;
  
  GetLogs(argument: _paas_v1_GetLogsRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_paas_v1_GetLogsResponse__Output>;
  GetLogs(argument: _paas_v1_GetLogsRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_paas_v1_GetLogsResponse__Output>;
  getLogs(argument: _paas_v1_GetLogsRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_paas_v1_GetLogsResponse__Output>;
  getLogs(argument: _paas_v1_GetLogsRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_paas_v1_GetLogsResponse__Output>;
  
  GetStatus(argument: _paas_v1_GetStatusRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_paas_v1_GetStatusResponse__Output>): grpc.ClientUnaryCall;
  GetStatus(argument: _paas_v1_GetStatusRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_paas_v1_GetStatusResponse__Output>): grpc.ClientUnaryCall;
  GetStatus(argument: _paas_v1_GetStatusRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_paas_v1_GetStatusResponse__Output>): grpc.ClientUnaryCall;
  GetStatus(argument: _paas_v1_GetStatusRequest, callback: grpc.requestCallback<_paas_v1_GetStatusResponse__Output>): grpc.ClientUnaryCall;
  getStatus(argument: _paas_v1_GetStatusRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_paas_v1_GetStatusResponse__Output>): grpc.ClientUnaryCall;
  getStatus(argument: _paas_v1_GetStatusRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_paas_v1_GetStatusResponse__Output>): grpc.ClientUnaryCall;
  getStatus(argument: _paas_v1_GetStatusRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_paas_v1_GetStatusResponse__Output>): grpc.ClientUnaryCall;
  getStatus(argument: _paas_v1_GetStatusRequest, callback: grpc.requestCallback<_paas_v1_GetStatusResponse__Output>): grpc.ClientUnaryCall;
  
  List(argument: _paas_v1_ListRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_paas_v1_ListResponse__Output>): grpc.ClientUnaryCall;
  List(argument: _paas_v1_ListRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_paas_v1_ListResponse__Output>): grpc.ClientUnaryCall;
  List(argument: _paas_v1_ListRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_paas_v1_ListResponse__Output>): grpc.ClientUnaryCall;
  List(argument: _paas_v1_ListRequest, callback: grpc.requestCallback<_paas_v1_ListResponse__Output>): grpc.ClientUnaryCall;
  list(argument: _paas_v1_ListRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_paas_v1_ListResponse__Output>): grpc.ClientUnaryCall;
  list(argument: _paas_v1_ListRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_paas_v1_ListResponse__Output>): grpc.ClientUnaryCall;
  list(argument: _paas_v1_ListRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_paas_v1_ListResponse__Output>): grpc.ClientUnaryCall;
  list(argument: _paas_v1_ListRequest, callback: grpc.requestCallback<_paas_v1_ListResponse__Output>): grpc.ClientUnaryCall;
  
  Remove(argument: _paas_v1_RemoveRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_paas_v1_RemoveResponse__Output>): grpc.ClientUnaryCall;
  Remove(argument: _paas_v1_RemoveRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_paas_v1_RemoveResponse__Output>): grpc.ClientUnaryCall;
  Remove(argument: _paas_v1_RemoveRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_paas_v1_RemoveResponse__Output>): grpc.ClientUnaryCall;
  Remove(argument: _paas_v1_RemoveRequest, callback: grpc.requestCallback<_paas_v1_RemoveResponse__Output>): grpc.ClientUnaryCall;
  remove(argument: _paas_v1_RemoveRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_paas_v1_RemoveResponse__Output>): grpc.ClientUnaryCall;
  remove(argument: _paas_v1_RemoveRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_paas_v1_RemoveResponse__Output>): grpc.ClientUnaryCall;
  remove(argument: _paas_v1_RemoveRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_paas_v1_RemoveResponse__Output>): grpc.ClientUnaryCall;
  remove(argument: _paas_v1_RemoveRequest, callback: grpc.requestCallback<_paas_v1_RemoveResponse__Output>): grpc.ClientUnaryCall;
  
  Share(argument: _paas_v1_ShareRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_paas_v1_ShareResponse__Output>): grpc.ClientUnaryCall;
  Share(argument: _paas_v1_ShareRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_paas_v1_ShareResponse__Output>): grpc.ClientUnaryCall;
  Share(argument: _paas_v1_ShareRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_paas_v1_ShareResponse__Output>): grpc.ClientUnaryCall;
  Share(argument: _paas_v1_ShareRequest, callback: grpc.requestCallback<_paas_v1_ShareResponse__Output>): grpc.ClientUnaryCall;
  share(argument: _paas_v1_ShareRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_paas_v1_ShareResponse__Output>): grpc.ClientUnaryCall;
  share(argument: _paas_v1_ShareRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_paas_v1_ShareResponse__Output>): grpc.ClientUnaryCall;
  share(argument: _paas_v1_ShareRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_paas_v1_ShareResponse__Output>): grpc.ClientUnaryCall;
  share(argument: _paas_v1_ShareRequest, callback: grpc.requestCallback<_paas_v1_ShareResponse__Output>): grpc.ClientUnaryCall;
  
  Signal(argument: _paas_v1_SignalRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_paas_v1_SignalResponse__Output>): grpc.ClientUnaryCall;
  Signal(argument: _paas_v1_SignalRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_paas_v1_SignalResponse__Output>): grpc.ClientUnaryCall;
  Signal(argument: _paas_v1_SignalRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_paas_v1_SignalResponse__Output>): grpc.ClientUnaryCall;
  Signal(argument: _paas_v1_SignalRequest, callback: grpc.requestCallback<_paas_v1_SignalResponse__Output>): grpc.ClientUnaryCall;
  signal(argument: _paas_v1_SignalRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_paas_v1_SignalResponse__Output>): grpc.ClientUnaryCall;
  signal(argument: _paas_v1_SignalRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_paas_v1_SignalResponse__Output>): grpc.ClientUnaryCall;
  signal(argument: _paas_v1_SignalRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_paas_v1_SignalResponse__Output>): grpc.ClientUnaryCall;
  signal(argument: _paas_v1_SignalRequest, callback: grpc.requestCallback<_paas_v1_SignalResponse__Output>): grpc.ClientUnaryCall;
  
  Stop(argument: _paas_v1_StopRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_paas_v1_StopResponse__Output>): grpc.ClientUnaryCall;
  Stop(argument: _paas_v1_StopRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_paas_v1_StopResponse__Output>): grpc.ClientUnaryCall;
  Stop(argument: _paas_v1_StopRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_paas_v1_StopResponse__Output>): grpc.ClientUnaryCall;
  Stop(argument: _paas_v1_StopRequest, callback: grpc.requestCallback<_paas_v1_StopResponse__Output>): grpc.ClientUnaryCall;
  stop(argument: _paas_v1_StopRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_paas_v1_StopResponse__Output>): grpc.ClientUnaryCall;
  stop(argument: _paas_v1_StopRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_paas_v1_StopResponse__Output>): grpc.ClientUnaryCall;
  stop(argument: _paas_v1_StopRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_paas_v1_StopResponse__Output>): grpc.ClientUnaryCall;
  stop(argument: _paas_v1_StopRequest, callback: grpc.requestCallback<_paas_v1_StopResponse__Output>): grpc.ClientUnaryCall;
  
  Unshare(argument: _paas_v1_UnshareRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_paas_v1_UnshareResponse__Output>): grpc.ClientUnaryCall;
  Unshare(argument: _paas_v1_UnshareRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_paas_v1_UnshareResponse__Output>): grpc.ClientUnaryCall;
  Unshare(argument: _paas_v1_UnshareRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_paas_v1_UnshareResponse__Output>): grpc.ClientUnaryCall;
  Unshare(argument: _paas_v1_UnshareRequest, callback: grpc.requestCallback<_paas_v1_UnshareResponse__Output>): grpc.ClientUnaryCall;
  unshare(argument: _paas_v1_UnshareRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_paas_v1_UnshareResponse__Output>): grpc.ClientUnaryCall;
  unshare(argument: _paas_v1_UnshareRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_paas_v1_UnshareResponse__Output>): grpc.ClientUnaryCall;
  unshare(argument: _paas_v1_UnshareRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_paas_v1_UnshareResponse__Output>): grpc.ClientUnaryCall;
  unshare(argument: _paas_v1_UnshareRequest, callback: grpc.requestCallback<_paas_v1_UnshareResponse__Output>): grpc.ClientUnaryCall;
  
  Wait(argument: _paas_v1_WaitRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_paas_v1_WaitResponse__Output>): grpc.ClientUnaryCall;
  Wait(argument: _paas_v1_WaitRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_paas_v1_WaitResponse__Output>): grpc.ClientUnaryCall;
  Wait(argument: _paas_v1_WaitRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_paas_v1_WaitResponse__Output>): grpc.ClientUnaryCall;
  Wait(argument: _paas_v1_WaitRequest, callback: grpc.requestCallback<_paas_v1_WaitResponse__Output>): grpc.ClientUnaryCall;
  wait(argument: _paas_v1_WaitRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_paas_v1_WaitResponse__Output>): grpc.ClientUnaryCall;
  wait(argument: _paas_v1_WaitRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_paas_v1_WaitResponse__Output>): grpc.ClientUnaryCall;
  wait(argument: _paas_v1_WaitRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_paas_v1_WaitResponse__Output>): grpc.ClientUnaryCall;
  wait(argument: _paas_v1_WaitRequest, callback: grpc.requestCallback<_paas_v1_WaitResponse__Output>): grpc.ClientUnaryCall;
  
  Watch(argument: _paas_v1_WatchRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_paas_v1_WatchResponse__Output>;
  Watch(argument: _paas_v1_WatchRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_paas_v1_WatchResponse__Output>;
  watch(argument: _paas_v1_WatchRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_paas_v1_WatchResponse__Output>;
  watch(argument: _paas_v1_WatchRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_paas_v1_WatchResponse__Output>;
  
  WhoAmI(argument: _paas_v1_WhoAmIRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_paas_v1_WhoAmIResponse__Output>): grpc.ClientUnaryCall;
  WhoAmI(argument: _paas_v1_WhoAmIRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_paas_v1_WhoAmIResponse__Output>): grpc.ClientUnaryCall;
  WhoAmI(argument: _paas_v1_WhoAmIRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_paas_v1_WhoAmIResponse__Output>): grpc.ClientUnaryCall;
  WhoAmI(argument: _paas_v1_WhoAmIRequest, callback: grpc.requestCallback<_paas_v1_WhoAmIResponse__Output>): grpc.ClientUnaryCall;
  whoAmI(argument: _paas_v1_WhoAmIRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_paas_v1_WhoAmIResponse__Output>): grpc.ClientUnaryCall;
  whoAmI(argument: _paas_v1_WhoAmIRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_paas_v1_WhoAmIResponse__Output>): grpc.ClientUnaryCall;
  whoAmI(argument: _paas_v1_WhoAmIRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_paas_v1_WhoAmIResponse__Output>): grpc.ClientUnaryCall;
  whoAmI(argument: _paas_v1_WhoAmIRequest, callback: grpc.requestCallback<_paas_v1_WhoAmIResponse__Output>): grpc.ClientUnaryCall;
  
}

export interface ProcessServiceHandlers extends grpc.UntypedServiceImplementation {
  Attach: grpc.handleBidiStreamingCall<_paas_v1_AttachRequest__Output, _paas_v1_AttachResponse>;
  
  Drain: grpc.handleUnaryCall<_paas_v1_DrainRequest__Output, _paas_v1_DrainResponse>;
  
  Exec: grpc.handleUnaryCall<_paas_v1_ExecRequest__Output, _paas_v1_ExecResponse>;
  
  GetLogs: grpc.handleServerStreamingCall<_paas_v1_GetLogsRequest__Output, _paas_v1_GetLogsResponse>;
  
  GetStatus: grpc.handleUnaryCall<_paas_v1_GetStatusRequest__Output, _paas_v1_GetStatusResponse>;
  
  List: grpc.handleUnaryCall<_paas_v1_ListRequest__Output, _paas_v1_ListResponse>;
  
  Remove: grpc.handleUnaryCall<_paas_v1_RemoveRequest__Output, _paas_v1_RemoveResponse>;
  
  Share: grpc.handleUnaryCall<_paas_v1_ShareRequest__Output, _paas_v1_ShareResponse>;
  
  Signal: grpc.handleUnaryCall<_paas_v1_SignalRequest__Output, _paas_v1_SignalResponse>;
  
  Stop: grpc.handleUnaryCall<_paas_v1_StopRequest__Output, _paas_v1_StopResponse>;
  
  Unshare: grpc.handleUnaryCall<_paas_v1_UnshareRequest__Output, _paas_v1_UnshareResponse>;
  
  Wait: grpc.handleUnaryCall<_paas_v1_WaitRequest__Output, _paas_v1_WaitResponse>;
  
  Watch: grpc.handleServerStreamingCall<_paas_v1_WatchRequest__Output, _paas_v1_WatchResponse>;
  
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
