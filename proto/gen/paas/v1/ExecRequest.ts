// Original file: proto/paas/v1/paas.proto

import type { Duration as _google_protobuf_Duration, Duration__Output as _google_protobuf_Duration__Output } from '../../google/protobuf/Duration.ts';
import type { Terminal as _paas_v1_Terminal, Terminal__Output as _paas_v1_Terminal__Output } from '../../paas/v1/Terminal.ts';
import type { Limits as _paas_v1_Limits, Limits__Output as _paas_v1_Limits__Output } from '../../paas/v1/Limits.ts';
import type { RestartPolicy as _paas_v1_RestartPolicy, RestartPolicy__Output as _paas_v1_RestartPolicy__Output } from '../../paas/v1/RestartPolicy.ts';
import type { Long } from '@grpc/proto-loader';

/**
 * ExecRequest describes the process to start.
 */
export interface ExecRequest {
  /**
   * The program and its arguments. They are passed on unchanged, without a
   * shell. A program name without a slash is looked up in the PATH of the
   * process, as execvp(3) does. There must be at least one element, unless
   * again_of is set. The first must not be empty. No element may contain NUL. Maximum 65,536 elements. The
   * first element has at most 4,095 bytes, and at most 255 between slashes;
   * each other one at most 131,071. All elements and env have at most 2 MiB
   * together, where each element counts 9 bytes more than its length, as in
   * execve(2). A machine may allow less.
   */
  'args'?: (string)[];
  /**
   * Environment variables in addition to the base environment. The base has
   * PATH, which comes from the system or the operator, and HOME, USER, LOGNAME,
   * SHELL, LANG, TZ and TMPDIR, which come from the daemon or from the account
   * that runs the commands. A name must not be empty, and must not contain '='.
   * Maximum 4,096 variables, each of at most 131,063 bytes as NAME=VALUE. All
   * variables and args have at most 2 MiB together.
   * 
   * A daemon that ends its processes when it is killed marks each process with
   * one more variable, PAAS_GUARD. A daemon with a spool directory of its own
   * sets PAAS_PROCESS_ID to the id of the process.
   */
  'env'?: ({[key: string]: string});
  /**
   * The working directory, as an absolute path. Empty means the working
   * directory of the daemon, or "/" if the daemon runs commands as another user
   * or its own directory was removed. Maximum 4,095 bytes, and 255 between
   * slashes.
   */
  'cwd'?: (string);
  /**
   * Maximum run time. After that the process is stopped as by Stop. Unset means
   * no limit. More than zero, at most 24 days.
   */
  'timeout'?: (_google_protobuf_Duration | null);
  /**
   * The grace period of stops that do not give one. Unset means the daemon's
   * default. Not negative, at most 24 hours.
   */
  'grace'?: (_google_protobuf_Duration | null);
  /**
   * The name of the process: at most 63 letters, digits, ".", "_" and "-". A
   * name does not begin with "-", is not "." or "..", and is not a UUID or the
   * first 8 or more digits of one. The name is unique among the user's
   * processes that have not finished. Empty means no name.
   */
  'name'?: (string);
  /**
   * Labels for lookups: at most 64. A key follows the rules of names and has at
   * most 63 bytes. A value has at most 255 bytes.
   */
  'labels'?: ({[key: string]: string});
  /**
   * A text of the client's choice that makes Exec safe to repeat, of at most
   * 128 bytes. If the same user has used the text before, the daemon starts no
   * process and repeats its earlier answer. Another command with the same text
   * is INVALID_ARGUMENT. Empty means none.
   */
  'requestId'?: (string);
  /**
   * Maximum output, in bytes. After that the process is stopped as by Stop.
   * Zero means no limit. At most 2^53 - 1.
   */
  'maxOutputBytes'?: (number | string | Long);
  /**
   * Whether stdin is a pipe that Attach can write to. Otherwise stdin is empty.
   */
  'stdin'?: (boolean);
  /**
   * The lease: how long the process may run without its client. After that it
   * is stopped as by Stop. The client is present while the connection of the
   * Exec is open, or while a call of GetLogs with follow, Attach or Wait for
   * the process is open. Unset means no limit. Zero stops the process at once.
   * At most 24 hours.
   */
  'stopAfterDisconnect'?: (_google_protobuf_Duration | null);
  /**
   * The terminal of the process: the controlling terminal of its session, and
   * its stdin, stdout and stderr. A terminal implies stdin. All output belongs
   * to LOG_STREAM_STDOUT, and its lines end in CR LF, as programs print them on
   * a terminal. A daemon without terminals answers FAILED_PRECONDITION. Unset
   * means no terminal.
   */
  'terminal'?: (_paas_v1_Terminal | null);
  /**
   * Resource limits for the process, and for each process that it starts. Unset
   * means the operator's limits.
   */
  'limits'?: (_paas_v1_Limits | null);
  /**
   * The process to repeat: the daemon starts a new process with the args, env,
   * cwd, timeout, grace, name, labels, max_output_bytes, stdin, terminal, limits
   * and restart of that one, which may still be running. It must be the user's
   * own. The new process has an id, a log and a status of its own, and the other
   * one does not change. Besides again_of, a request may set name, labels,
   * request_id and stop_after_disconnect; all other fields must be unset. A name
   * or labels that are given take the place of the earlier ones. The new process
   * has a lease only if the request gives one. Everything else is as for any
   * Exec: quotas, rules, the name. Maximum 36 bytes. Empty means a new command.
   */
  'againOf'?: (string);
  /**
   * Whether to start the process again after a failure. Unset means no. A
   * process with stdin, a terminal or a lease cannot have a policy that
   * restarts.
   */
  'restart'?: (_paas_v1_RestartPolicy | null);
}

/**
 * ExecRequest describes the process to start.
 */
export interface ExecRequest__Output {
  /**
   * The program and its arguments. They are passed on unchanged, without a
   * shell. A program name without a slash is looked up in the PATH of the
   * process, as execvp(3) does. There must be at least one element, unless
   * again_of is set. The first must not be empty. No element may contain NUL. Maximum 65,536 elements. The
   * first element has at most 4,095 bytes, and at most 255 between slashes;
   * each other one at most 131,071. All elements and env have at most 2 MiB
   * together, where each element counts 9 bytes more than its length, as in
   * execve(2). A machine may allow less.
   */
  'args': (string)[];
  /**
   * Environment variables in addition to the base environment. The base has
   * PATH, which comes from the system or the operator, and HOME, USER, LOGNAME,
   * SHELL, LANG, TZ and TMPDIR, which come from the daemon or from the account
   * that runs the commands. A name must not be empty, and must not contain '='.
   * Maximum 4,096 variables, each of at most 131,063 bytes as NAME=VALUE. All
   * variables and args have at most 2 MiB together.
   * 
   * A daemon that ends its processes when it is killed marks each process with
   * one more variable, PAAS_GUARD. A daemon with a spool directory of its own
   * sets PAAS_PROCESS_ID to the id of the process.
   */
  'env': ({[key: string]: string});
  /**
   * The working directory, as an absolute path. Empty means the working
   * directory of the daemon, or "/" if the daemon runs commands as another user
   * or its own directory was removed. Maximum 4,095 bytes, and 255 between
   * slashes.
   */
  'cwd': (string);
  /**
   * Maximum run time. After that the process is stopped as by Stop. Unset means
   * no limit. More than zero, at most 24 days.
   */
  'timeout': (_google_protobuf_Duration__Output | null);
  /**
   * The grace period of stops that do not give one. Unset means the daemon's
   * default. Not negative, at most 24 hours.
   */
  'grace': (_google_protobuf_Duration__Output | null);
  /**
   * The name of the process: at most 63 letters, digits, ".", "_" and "-". A
   * name does not begin with "-", is not "." or "..", and is not a UUID or the
   * first 8 or more digits of one. The name is unique among the user's
   * processes that have not finished. Empty means no name.
   */
  'name': (string);
  /**
   * Labels for lookups: at most 64. A key follows the rules of names and has at
   * most 63 bytes. A value has at most 255 bytes.
   */
  'labels': ({[key: string]: string});
  /**
   * A text of the client's choice that makes Exec safe to repeat, of at most
   * 128 bytes. If the same user has used the text before, the daemon starts no
   * process and repeats its earlier answer. Another command with the same text
   * is INVALID_ARGUMENT. Empty means none.
   */
  'requestId': (string);
  /**
   * Maximum output, in bytes. After that the process is stopped as by Stop.
   * Zero means no limit. At most 2^53 - 1.
   */
  'maxOutputBytes': (number);
  /**
   * Whether stdin is a pipe that Attach can write to. Otherwise stdin is empty.
   */
  'stdin': (boolean);
  /**
   * The lease: how long the process may run without its client. After that it
   * is stopped as by Stop. The client is present while the connection of the
   * Exec is open, or while a call of GetLogs with follow, Attach or Wait for
   * the process is open. Unset means no limit. Zero stops the process at once.
   * At most 24 hours.
   */
  'stopAfterDisconnect': (_google_protobuf_Duration__Output | null);
  /**
   * The terminal of the process: the controlling terminal of its session, and
   * its stdin, stdout and stderr. A terminal implies stdin. All output belongs
   * to LOG_STREAM_STDOUT, and its lines end in CR LF, as programs print them on
   * a terminal. A daemon without terminals answers FAILED_PRECONDITION. Unset
   * means no terminal.
   */
  'terminal': (_paas_v1_Terminal__Output | null);
  /**
   * Resource limits for the process, and for each process that it starts. Unset
   * means the operator's limits.
   */
  'limits': (_paas_v1_Limits__Output | null);
  /**
   * The process to repeat: the daemon starts a new process with the args, env,
   * cwd, timeout, grace, name, labels, max_output_bytes, stdin, terminal, limits
   * and restart of that one, which may still be running. It must be the user's
   * own. The new process has an id, a log and a status of its own, and the other
   * one does not change. Besides again_of, a request may set name, labels,
   * request_id and stop_after_disconnect; all other fields must be unset. A name
   * or labels that are given take the place of the earlier ones. The new process
   * has a lease only if the request gives one. Everything else is as for any
   * Exec: quotas, rules, the name. Maximum 36 bytes. Empty means a new command.
   */
  'againOf': (string);
  /**
   * Whether to start the process again after a failure. Unset means no. A
   * process with stdin, a terminal or a lease cannot have a policy that
   * restarts.
   */
  'restart': (_paas_v1_RestartPolicy__Output | null);
}
