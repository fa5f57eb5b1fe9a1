// Original file: proto/paas/v1/paas.proto


/**
 * WhoAmIResponse is the identity of the caller.
 */
export interface WhoAmIResponse {
  /**
   * The user id: 64 hexadecimal digits.
   */
  'userId'?: (string);
  /**
   * The subject of the client certificate, for people to read.
   */
  'subject'?: (string);
  /**
   * The role: user, viewer, operator or none. With none, only WhoAmI is
   * allowed.
   */
  'role'?: (string);
}

/**
 * WhoAmIResponse is the identity of the caller.
 */
export interface WhoAmIResponse__Output {
  /**
   * The user id: 64 hexadecimal digits.
   */
  'userId': (string);
  /**
   * The subject of the client certificate, for people to read.
   */
  'subject': (string);
  /**
   * The role: user, viewer, operator or none. With none, only WhoAmI is
   * allowed.
   */
  'role': (string);
}
