// Original file: proto/paas/v1/paas.proto

import type { SignalTarget as _paas_v1_SignalTarget, SignalTarget__Output as _paas_v1_SignalTarget__Output } from '../../paas/v1/SignalTarget.ts';

/**
 * SignalRequest describes a signal for a process.
 */
export interface SignalRequest {
  /**
   * The process.
   */
  'processId'?: (string);
  /**
   * The number of the signal, from 1 to 64 (signal(7)).
   */
  'signal'?: (number);
  /**
   * The receivers of the signal. Unset means the whole group.
   */
  'target'?: (_paas_v1_SignalTarget);
}

/**
 * SignalRequest describes a signal for a process.
 */
export interface SignalRequest__Output {
  /**
   * The process.
   */
  'processId': (string);
  /**
   * The number of the signal, from 1 to 64 (signal(7)).
   */
  'signal': (number);
  /**
   * The receivers of the signal. Unset means the whole group.
   */
  'target': (_paas_v1_SignalTarget__Output);
}
