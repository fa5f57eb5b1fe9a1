// Original file: proto/paas/v1/paas.proto


export interface WhoAmIResponse {
  'userId'?: (string);
  'subject'?: (string);
  'role'?: (string);
}

export interface WhoAmIResponse__Output {
  'userId': (string);
  'subject': (string);
  'role': (string);
}
