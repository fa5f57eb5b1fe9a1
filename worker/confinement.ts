/**
 * Accounts, limits and environments of processes, and the guard that ends processes after a crash.
 *
 * @module
 */
export { verifyAccount } from "./child/account.ts";
export type { Account } from "./child/account.ts";
export { inheritedLimits, LIMIT_NAMES } from "./child/limits.ts";
export type { LimitName, Limits } from "./child/limits.ts";
export { baseEnvironment, SYSTEM_PATH } from "./child/environment.ts";
export { Guard } from "./group/guard.ts";
export type { GuardOptions } from "./group/guard.ts";
export { keepDescriptors } from "./system/libc.ts";
