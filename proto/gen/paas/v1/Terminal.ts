// Original file: proto/paas/v1/paas.proto


export interface Terminal {
  'columns'?: (number);
  'rows'?: (number);
  'type'?: (string);
}

export interface Terminal__Output {
  'columns': (number);
  'rows': (number);
  'type': (string);
}
