// Original file: proto/paas/v1/paas.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { ExecRequest as _paas_v1_ExecRequest, ExecRequest__Output as _paas_v1_ExecRequest__Output } from '../../paas/v1/ExecRequest.ts';
import type { ExecResponse as _paas_v1_ExecResponse, ExecResponse__Output as _paas_v1_ExecResponse__Output } from '../../paas/v1/ExecResponse.ts';
import type { GetLogsRequest as _paas_v1_GetLogsRequest, GetLogsRequest__Output as _paas_v1_GetLogsRequest__Output } from '../../paas/v1/GetLogsRequest.ts';
import type { GetLogsResponse as _paas_v1_GetLogsResponse, GetLogsResponse__Output as _paas_v1_GetLogsResponse__Output } from '../../paas/v1/GetLogsResponse.ts';
import type { GetStatusRequest as _paas_v1_GetStatusRequest, GetStatusRequest__Output as _paas_v1_GetStatusRequest__Output } from '../../paas/v1/GetStatusRequest.ts';
import type { GetStatusResponse as _paas_v1_GetStatusResponse, GetStatusResponse__Output as _paas_v1_GetStatusResponse__Output } from '../../paas/v1/GetStatusResponse.ts';
import type { StopRequest as _paas_v1_StopRequest, StopRequest__Output as _paas_v1_StopRequest__Output } from '../../paas/v1/StopRequest.ts';
import type { StopResponse as _paas_v1_StopResponse, StopResponse__Output as _paas_v1_StopResponse__Output } from '../../paas/v1/StopResponse.ts';

export interface ProcessServiceClient extends grpc.Client {
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
  
  Stop(argument: _paas_v1_StopRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_paas_v1_StopResponse__Output>): grpc.ClientUnaryCall;
  Stop(argument: _paas_v1_StopRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_paas_v1_StopResponse__Output>): grpc.ClientUnaryCall;
  Stop(argument: _paas_v1_StopRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_paas_v1_StopResponse__Output>): grpc.ClientUnaryCall;
  Stop(argument: _paas_v1_StopRequest, callback: grpc.requestCallback<_paas_v1_StopResponse__Output>): grpc.ClientUnaryCall;
  stop(argument: _paas_v1_StopRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_paas_v1_StopResponse__Output>): grpc.ClientUnaryCall;
  stop(argument: _paas_v1_StopRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_paas_v1_StopResponse__Output>): grpc.ClientUnaryCall;
  stop(argument: _paas_v1_StopRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_paas_v1_StopResponse__Output>): grpc.ClientUnaryCall;
  stop(argument: _paas_v1_StopRequest, callback: grpc.requestCallback<_paas_v1_StopResponse__Output>): grpc.ClientUnaryCall;
  
}

export interface ProcessServiceHandlers extends grpc.UntypedServiceImplementation {
  Exec: grpc.handleUnaryCall<_paas_v1_ExecRequest__Output, _paas_v1_ExecResponse>;
  
  GetLogs: grpc.handleServerStreamingCall<_paas_v1_GetLogsRequest__Output, _paas_v1_GetLogsResponse>;
  
  GetStatus: grpc.handleUnaryCall<_paas_v1_GetStatusRequest__Output, _paas_v1_GetStatusResponse>;
  
  Stop: grpc.handleUnaryCall<_paas_v1_StopRequest__Output, _paas_v1_StopResponse>;
  
}

export interface ProcessServiceDefinition extends grpc.ServiceDefinition {
  Exec: MethodDefinition<_paas_v1_ExecRequest, _paas_v1_ExecResponse, _paas_v1_ExecRequest__Output, _paas_v1_ExecResponse__Output>
  GetLogs: MethodDefinition<_paas_v1_GetLogsRequest, _paas_v1_GetLogsResponse, _paas_v1_GetLogsRequest__Output, _paas_v1_GetLogsResponse__Output>
  GetStatus: MethodDefinition<_paas_v1_GetStatusRequest, _paas_v1_GetStatusResponse, _paas_v1_GetStatusRequest__Output, _paas_v1_GetStatusResponse__Output>
  Stop: MethodDefinition<_paas_v1_StopRequest, _paas_v1_StopResponse, _paas_v1_StopRequest__Output, _paas_v1_StopResponse__Output>
}
