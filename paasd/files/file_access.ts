/**
 * The access that accounts have to files, by owners and modes (inode(7)). Access control lists, capabilities and mounts
 * are ignored.
 *
 * @module
 */
import { type FileMode, isLink, isRegular, type Step, type Way } from "./file_steps.ts";

/** An account that is not root, and in its primary group only. */
interface Account {
  readonly uid: number;
  readonly gid: number;
}

const READ = 4;
const WRITE = 2;
const ENTER = 1;
const STICKY = 0o1000;

/** Tells whether an account may read a file, or look into a directory. */
export function mayRead(account: Account, { file }: Way): boolean {
  return file !== undefined && isReached(account, file) && grants(account, file, isRegular(file) ? READ : READ | ENTER);
}

/**
 * Finds the place where an account may change a file, or put another one in its place: the file, or a directory on the
 * way to it.
 *
 * @returns `undefined` if the account may do neither.
 */
export function mayChange(account: Account, { steps, file }: Way): Step | undefined {
  const last = steps.at(-1);
  // A missing file can be made by an account that may write to the directory.
  const end = file ?? last;
  if (end && isReached(account, end) && grants(account, end, WRITE)) return end;
  return steps.find((step) => canReplace(account, step))?.parent;
}

/** Tells whether an account may put something else in the place of a step. */
function canReplace(account: Account, step: Step): boolean {
  const { parent } = step;
  if (!parent || !isReached(account, parent)) return false;
  if (!grants(account, parent, WRITE) || !grants(account, parent, ENTER)) return false;
  return (parent.mode & STICKY) === 0 || [parent.uid, step.uid].includes(account.uid);
}

/** Tells whether an account may enter all directories that a step is in. */
function isReached(account: Account, { parent }: Step): boolean {
  return parent === undefined || (grants(account, parent, ENTER) && isReached(account, parent));
}

/** Tells whether an account has one of the rights, or could give it to itself. */
function grants({ uid, gid }: Account, file: FileMode, rights: number): boolean {
  if (uid === file.uid) return true;
  return ((gid === file.gid ? file.mode >> 3 : file.mode) & rights) !== 0;
}

/**
 * Finds the first step at which an account other than root and one trusted user may change a file, or put another one
 * in its place.
 *
 * @returns A sentence that names the step and the account.
 */
export function otherWriter(trusted: number, { steps }: Way): string | undefined {
  for (const step of steps) {
    const { path, mode, uid, gid } = step;
    if (uid !== 0 && uid !== trusted) return `${path} belongs to user ${uid}`;
    // In a sticky directory nobody replaces the files of others.
    if (isLink(step) || ((mode & STICKY) !== 0 && step !== steps.at(-1))) continue;
    if ((mode & 0o002) !== 0) return `${path} is writable for everybody`;
    if ((mode & 0o020) !== 0 && gid !== 0) return `${path} is writable for group ${gid}`;
  }
  return undefined;
}
