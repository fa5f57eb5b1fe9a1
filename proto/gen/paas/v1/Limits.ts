// Original file: proto/paas/v1/paas.proto

import type { Long } from '@grpc/proto-loader';

/**
 * Limits are the resource limits of one process (getrlimit(2)), by the names of
 * prlimit(1). A process cannot raise them. An unset limit is the operator's. A
 * limit above the operator's, or above 2^53 - 1, is INVALID_ARGUMENT.
 */
export interface Limits {
  /**
   * Maximum address space, in bytes. Allocations beyond it fail.
   */
  'as'?: (number | string | Long);
  /**
   * Maximum size of a core dump, in bytes.
   */
  'core'?: (number | string | Long);
  /**
   * Maximum processor time, in seconds. The process then receives SIGXCPU, and
   * SIGKILL one second later.
   */
  'cpu'?: (number | string | Long);
  /**
   * Maximum size of a file that the process writes, in bytes. The process then
   * receives SIGXFSZ.
   */
  'fsize'?: (number | string | Long);
  /**
   * One more than the highest number of an open file.
   */
  'nofile'?: (number | string | Long);
  /**
   * Maximum number of processes and threads of the account that runs the
   * process, in all. The limit does not apply to root.
   */
  'nproc'?: (number | string | Long);
  '_as'?: "as";
  '_core'?: "core";
  '_cpu'?: "cpu";
  '_fsize'?: "fsize";
  '_nofile'?: "nofile";
  '_nproc'?: "nproc";
}

/**
 * Limits are the resource limits of one process (getrlimit(2)), by the names of
 * prlimit(1). A process cannot raise them. An unset limit is the operator's. A
 * limit above the operator's, or above 2^53 - 1, is INVALID_ARGUMENT.
 */
export interface Limits__Output {
  /**
   * Maximum address space, in bytes. Allocations beyond it fail.
   */
  'as'?: (number);
  /**
   * Maximum size of a core dump, in bytes.
   */
  'core'?: (number);
  /**
   * Maximum processor time, in seconds. The process then receives SIGXCPU, and
   * SIGKILL one second later.
   */
  'cpu'?: (number);
  /**
   * Maximum size of a file that the process writes, in bytes. The process then
   * receives SIGXFSZ.
   */
  'fsize'?: (number);
  /**
   * One more than the highest number of an open file.
   */
  'nofile'?: (number);
  /**
   * Maximum number of processes and threads of the account that runs the
   * process, in all. The limit does not apply to root.
   */
  'nproc'?: (number);
  '_as'?: "as";
  '_core'?: "core";
  '_cpu'?: "cpu";
  '_fsize'?: "fsize";
  '_nofile'?: "nofile";
  '_nproc'?: "nproc";
}
