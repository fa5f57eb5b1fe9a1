// Original file: proto/paas/v1/paas.proto

export const ProcessState = {
  PROCESS_STATE_UNSPECIFIED: 'PROCESS_STATE_UNSPECIFIED',
  PROCESS_STATE_RUNNING: 'PROCESS_STATE_RUNNING',
  PROCESS_STATE_STOPPING: 'PROCESS_STATE_STOPPING',
  PROCESS_STATE_FINISHED: 'PROCESS_STATE_FINISHED',
} as const;

export type ProcessState =
  | 'PROCESS_STATE_UNSPECIFIED'
  | 0
  | 'PROCESS_STATE_RUNNING'
  | 1
  | 'PROCESS_STATE_STOPPING'
  | 2
  | 'PROCESS_STATE_FINISHED'
  | 3

export type ProcessState__Output = typeof ProcessState[keyof typeof ProcessState]
