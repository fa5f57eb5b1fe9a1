// Original file: proto/paas/v1/paas.proto

import type { Long } from '@grpc/proto-loader';

export interface Limits {
  'as'?: (number | string | Long);
  'core'?: (number | string | Long);
  'cpu'?: (number | string | Long);
  'fsize'?: (number | string | Long);
  'nofile'?: (number | string | Long);
  'nproc'?: (number | string | Long);
  '_as'?: "as";
  '_core'?: "core";
  '_cpu'?: "cpu";
  '_fsize'?: "fsize";
  '_nofile'?: "nofile";
  '_nproc'?: "nproc";
}

export interface Limits__Output {
  'as'?: (number);
  'core'?: (number);
  'cpu'?: (number);
  'fsize'?: (number);
  'nofile'?: (number);
  'nproc'?: (number);
  '_as'?: "as";
  '_core'?: "core";
  '_cpu'?: "cpu";
  '_fsize'?: "fsize";
  '_nofile'?: "nofile";
  '_nproc'?: "nproc";
}
