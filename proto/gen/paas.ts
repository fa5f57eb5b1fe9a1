import type * as grpc from '@grpc/grpc-js';
import type { EnumTypeDefinition, MessageTypeDefinition } from '@grpc/proto-loader';

import type { Duration as _google_protobuf_Duration, Duration__Output as _google_protobuf_Duration__Output } from './google/protobuf/Duration.ts';
import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from './google/protobuf/Timestamp.ts';
import type { AttachRequest as _paas_v1_AttachRequest, AttachRequest__Output as _paas_v1_AttachRequest__Output } from './paas/v1/AttachRequest.ts';
import type { AttachResponse as _paas_v1_AttachResponse, AttachResponse__Output as _paas_v1_AttachResponse__Output } from './paas/v1/AttachResponse.ts';
import type { DrainRequest as _paas_v1_DrainRequest, DrainRequest__Output as _paas_v1_DrainRequest__Output } from './paas/v1/DrainRequest.ts';
import type { DrainResponse as _paas_v1_DrainResponse, DrainResponse__Output as _paas_v1_DrainResponse__Output } from './paas/v1/DrainResponse.ts';
import type { ExecRequest as _paas_v1_ExecRequest, ExecRequest__Output as _paas_v1_ExecRequest__Output } from './paas/v1/ExecRequest.ts';
import type { ExecResponse as _paas_v1_ExecResponse, ExecResponse__Output as _paas_v1_ExecResponse__Output } from './paas/v1/ExecResponse.ts';
import type { GetLogsRequest as _paas_v1_GetLogsRequest, GetLogsRequest__Output as _paas_v1_GetLogsRequest__Output } from './paas/v1/GetLogsRequest.ts';
import type { GetLogsResponse as _paas_v1_GetLogsResponse, GetLogsResponse__Output as _paas_v1_GetLogsResponse__Output } from './paas/v1/GetLogsResponse.ts';
import type { GetStatusRequest as _paas_v1_GetStatusRequest, GetStatusRequest__Output as _paas_v1_GetStatusRequest__Output } from './paas/v1/GetStatusRequest.ts';
import type { GetStatusResponse as _paas_v1_GetStatusResponse, GetStatusResponse__Output as _paas_v1_GetStatusResponse__Output } from './paas/v1/GetStatusResponse.ts';
import type { Grant as _paas_v1_Grant, Grant__Output as _paas_v1_Grant__Output } from './paas/v1/Grant.ts';
import type { Grep as _paas_v1_Grep, Grep__Output as _paas_v1_Grep__Output } from './paas/v1/Grep.ts';
import type { InputState as _paas_v1_InputState, InputState__Output as _paas_v1_InputState__Output } from './paas/v1/InputState.ts';
import type { Limits as _paas_v1_Limits, Limits__Output as _paas_v1_Limits__Output } from './paas/v1/Limits.ts';
import type { ListRequest as _paas_v1_ListRequest, ListRequest__Output as _paas_v1_ListRequest__Output } from './paas/v1/ListRequest.ts';
import type { ListResponse as _paas_v1_ListResponse, ListResponse__Output as _paas_v1_ListResponse__Output } from './paas/v1/ListResponse.ts';
import type { LogChunk as _paas_v1_LogChunk, LogChunk__Output as _paas_v1_LogChunk__Output } from './paas/v1/LogChunk.ts';
import type { LogEnd as _paas_v1_LogEnd, LogEnd__Output as _paas_v1_LogEnd__Output } from './paas/v1/LogEnd.ts';
import type { LogGap as _paas_v1_LogGap, LogGap__Output as _paas_v1_LogGap__Output } from './paas/v1/LogGap.ts';
import type { ProcessServiceClient as _paas_v1_ProcessServiceClient, ProcessServiceDefinition as _paas_v1_ProcessServiceDefinition } from './paas/v1/ProcessService.ts';
import type { ProcessStatus as _paas_v1_ProcessStatus, ProcessStatus__Output as _paas_v1_ProcessStatus__Output } from './paas/v1/ProcessStatus.ts';
import type { RemoveRequest as _paas_v1_RemoveRequest, RemoveRequest__Output as _paas_v1_RemoveRequest__Output } from './paas/v1/RemoveRequest.ts';
import type { RemoveResponse as _paas_v1_RemoveResponse, RemoveResponse__Output as _paas_v1_RemoveResponse__Output } from './paas/v1/RemoveResponse.ts';
import type { RestartPolicy as _paas_v1_RestartPolicy, RestartPolicy__Output as _paas_v1_RestartPolicy__Output } from './paas/v1/RestartPolicy.ts';
import type { RestartState as _paas_v1_RestartState, RestartState__Output as _paas_v1_RestartState__Output } from './paas/v1/RestartState.ts';
import type { ShareRequest as _paas_v1_ShareRequest, ShareRequest__Output as _paas_v1_ShareRequest__Output } from './paas/v1/ShareRequest.ts';
import type { ShareResponse as _paas_v1_ShareResponse, ShareResponse__Output as _paas_v1_ShareResponse__Output } from './paas/v1/ShareResponse.ts';
import type { SignalRequest as _paas_v1_SignalRequest, SignalRequest__Output as _paas_v1_SignalRequest__Output } from './paas/v1/SignalRequest.ts';
import type { SignalResponse as _paas_v1_SignalResponse, SignalResponse__Output as _paas_v1_SignalResponse__Output } from './paas/v1/SignalResponse.ts';
import type { StopInfo as _paas_v1_StopInfo, StopInfo__Output as _paas_v1_StopInfo__Output } from './paas/v1/StopInfo.ts';
import type { StopRequest as _paas_v1_StopRequest, StopRequest__Output as _paas_v1_StopRequest__Output } from './paas/v1/StopRequest.ts';
import type { StopResponse as _paas_v1_StopResponse, StopResponse__Output as _paas_v1_StopResponse__Output } from './paas/v1/StopResponse.ts';
import type { Terminal as _paas_v1_Terminal, Terminal__Output as _paas_v1_Terminal__Output } from './paas/v1/Terminal.ts';
import type { TerminalSize as _paas_v1_TerminalSize, TerminalSize__Output as _paas_v1_TerminalSize__Output } from './paas/v1/TerminalSize.ts';
import type { UnshareRequest as _paas_v1_UnshareRequest, UnshareRequest__Output as _paas_v1_UnshareRequest__Output } from './paas/v1/UnshareRequest.ts';
import type { UnshareResponse as _paas_v1_UnshareResponse, UnshareResponse__Output as _paas_v1_UnshareResponse__Output } from './paas/v1/UnshareResponse.ts';
import type { UntilMatch as _paas_v1_UntilMatch, UntilMatch__Output as _paas_v1_UntilMatch__Output } from './paas/v1/UntilMatch.ts';
import type { WaitRequest as _paas_v1_WaitRequest, WaitRequest__Output as _paas_v1_WaitRequest__Output } from './paas/v1/WaitRequest.ts';
import type { WaitResponse as _paas_v1_WaitResponse, WaitResponse__Output as _paas_v1_WaitResponse__Output } from './paas/v1/WaitResponse.ts';
import type { WatchRequest as _paas_v1_WatchRequest, WatchRequest__Output as _paas_v1_WatchRequest__Output } from './paas/v1/WatchRequest.ts';
import type { WatchResponse as _paas_v1_WatchResponse, WatchResponse__Output as _paas_v1_WatchResponse__Output } from './paas/v1/WatchResponse.ts';
import type { WhoAmIRequest as _paas_v1_WhoAmIRequest, WhoAmIRequest__Output as _paas_v1_WhoAmIRequest__Output } from './paas/v1/WhoAmIRequest.ts';
import type { WhoAmIResponse as _paas_v1_WhoAmIResponse, WhoAmIResponse__Output as _paas_v1_WhoAmIResponse__Output } from './paas/v1/WhoAmIResponse.ts';

type SubtypeConstructor<Constructor extends new (...args: any) => any, Subtype> = {
  new(...args: ConstructorParameters<Constructor>): Subtype;
};

export interface ProtoGrpcType {
  google: {
    protobuf: {
      Duration: MessageTypeDefinition<_google_protobuf_Duration, _google_protobuf_Duration__Output>
      Timestamp: MessageTypeDefinition<_google_protobuf_Timestamp, _google_protobuf_Timestamp__Output>
    }
  }
  paas: {
    v1: {
      AttachRequest: MessageTypeDefinition<_paas_v1_AttachRequest, _paas_v1_AttachRequest__Output>
      AttachResponse: MessageTypeDefinition<_paas_v1_AttachResponse, _paas_v1_AttachResponse__Output>
      DrainRequest: MessageTypeDefinition<_paas_v1_DrainRequest, _paas_v1_DrainRequest__Output>
      DrainResponse: MessageTypeDefinition<_paas_v1_DrainResponse, _paas_v1_DrainResponse__Output>
      EndReason: EnumTypeDefinition
      ExecRequest: MessageTypeDefinition<_paas_v1_ExecRequest, _paas_v1_ExecRequest__Output>
      ExecResponse: MessageTypeDefinition<_paas_v1_ExecResponse, _paas_v1_ExecResponse__Output>
      GetLogsRequest: MessageTypeDefinition<_paas_v1_GetLogsRequest, _paas_v1_GetLogsRequest__Output>
      GetLogsResponse: MessageTypeDefinition<_paas_v1_GetLogsResponse, _paas_v1_GetLogsResponse__Output>
      GetStatusRequest: MessageTypeDefinition<_paas_v1_GetStatusRequest, _paas_v1_GetStatusRequest__Output>
      GetStatusResponse: MessageTypeDefinition<_paas_v1_GetStatusResponse, _paas_v1_GetStatusResponse__Output>
      Grant: MessageTypeDefinition<_paas_v1_Grant, _paas_v1_Grant__Output>
      Grep: MessageTypeDefinition<_paas_v1_Grep, _paas_v1_Grep__Output>
      InputState: MessageTypeDefinition<_paas_v1_InputState, _paas_v1_InputState__Output>
      Limits: MessageTypeDefinition<_paas_v1_Limits, _paas_v1_Limits__Output>
      ListRequest: MessageTypeDefinition<_paas_v1_ListRequest, _paas_v1_ListRequest__Output>
      ListResponse: MessageTypeDefinition<_paas_v1_ListResponse, _paas_v1_ListResponse__Output>
      LogChunk: MessageTypeDefinition<_paas_v1_LogChunk, _paas_v1_LogChunk__Output>
      LogEnd: MessageTypeDefinition<_paas_v1_LogEnd, _paas_v1_LogEnd__Output>
      LogGap: MessageTypeDefinition<_paas_v1_LogGap, _paas_v1_LogGap__Output>
      LogGapReason: EnumTypeDefinition
      LogStream: EnumTypeDefinition
      OnSlow: EnumTypeDefinition
      /**
       * ProcessService starts, shows and stops processes.
       */
      ProcessService: SubtypeConstructor<typeof grpc.Client, _paas_v1_ProcessServiceClient> & { service: _paas_v1_ProcessServiceDefinition }
      ProcessState: EnumTypeDefinition
      ProcessStatus: MessageTypeDefinition<_paas_v1_ProcessStatus, _paas_v1_ProcessStatus__Output>
      RemoveRequest: MessageTypeDefinition<_paas_v1_RemoveRequest, _paas_v1_RemoveRequest__Output>
      RemoveResponse: MessageTypeDefinition<_paas_v1_RemoveResponse, _paas_v1_RemoveResponse__Output>
      RestartCondition: EnumTypeDefinition
      RestartPolicy: MessageTypeDefinition<_paas_v1_RestartPolicy, _paas_v1_RestartPolicy__Output>
      RestartState: MessageTypeDefinition<_paas_v1_RestartState, _paas_v1_RestartState__Output>
      SharePermission: EnumTypeDefinition
      ShareRequest: MessageTypeDefinition<_paas_v1_ShareRequest, _paas_v1_ShareRequest__Output>
      ShareResponse: MessageTypeDefinition<_paas_v1_ShareResponse, _paas_v1_ShareResponse__Output>
      SignalRequest: MessageTypeDefinition<_paas_v1_SignalRequest, _paas_v1_SignalRequest__Output>
      SignalResponse: MessageTypeDefinition<_paas_v1_SignalResponse, _paas_v1_SignalResponse__Output>
      SignalTarget: EnumTypeDefinition
      StopInfo: MessageTypeDefinition<_paas_v1_StopInfo, _paas_v1_StopInfo__Output>
      StopRequest: MessageTypeDefinition<_paas_v1_StopRequest, _paas_v1_StopRequest__Output>
      StopResponse: MessageTypeDefinition<_paas_v1_StopResponse, _paas_v1_StopResponse__Output>
      Terminal: MessageTypeDefinition<_paas_v1_Terminal, _paas_v1_Terminal__Output>
      TerminalSize: MessageTypeDefinition<_paas_v1_TerminalSize, _paas_v1_TerminalSize__Output>
      UnshareRequest: MessageTypeDefinition<_paas_v1_UnshareRequest, _paas_v1_UnshareRequest__Output>
      UnshareResponse: MessageTypeDefinition<_paas_v1_UnshareResponse, _paas_v1_UnshareResponse__Output>
      UntilMatch: MessageTypeDefinition<_paas_v1_UntilMatch, _paas_v1_UntilMatch__Output>
      WaitRequest: MessageTypeDefinition<_paas_v1_WaitRequest, _paas_v1_WaitRequest__Output>
      WaitResponse: MessageTypeDefinition<_paas_v1_WaitResponse, _paas_v1_WaitResponse__Output>
      WatchRequest: MessageTypeDefinition<_paas_v1_WatchRequest, _paas_v1_WatchRequest__Output>
      WatchResponse: MessageTypeDefinition<_paas_v1_WatchResponse, _paas_v1_WatchResponse__Output>
      WhoAmIRequest: MessageTypeDefinition<_paas_v1_WhoAmIRequest, _paas_v1_WhoAmIRequest__Output>
      WhoAmIResponse: MessageTypeDefinition<_paas_v1_WhoAmIResponse, _paas_v1_WhoAmIResponse__Output>
    }
  }
}

