/**
 * Who may read or change a file, by owners and modes (inode(7)). Access control lists, capabilities and mounts are not
 * looked at.
 *
 * @module
 */
import { type FileMode, isLink, isRegular, type Step, type Way } from "./file_steps.ts";

/** An account without groups but its primary one, which is not root. */
interface Account {
  readonly uid: number;
  readonly gid: number;
}

const READ = 4;
const WRITE = 2;
const ENTER = 1;
const STICKY = 0o1000;

/** Whether an account may read a file, or look into a directory. */
export function mayRead(account: Account, { file }: Way): boolean {
  return file !== undefined && isReached(account, file) && grants(account, file, isRegular(file) ? READ : READ | ENTER);
}

/**
 * Where an account may change a file, or put another one in its place: the file, or a directory on the way to it. Undefined
 * if it may not.
 */
export function mayChange(account: Account, { steps, file }: Way): Step | undefined {
  const last = steps.at(-1);
  // Where there is no file yet, who may write to the directory can make it.
  const end = file ?? last;
  if (end && isReached(account, end) && grants(account, end, WRITE)) return end;
  return steps.find((step) => canReplace(account, step))?.parent;
}

/** Whether an account may put something else in the place of a step. */
function canReplace(account: Account, step: Step): boolean {
  const { parent } = step;
  if (!parent || !isReached(account, parent)) return false;
  if (!grants(account, parent, WRITE) || !grants(account, parent, ENTER)) return false;
  return (parent.mode & STICKY) === 0 || [parent.uid, step.uid].includes(account.uid);
}

/** Whether an account may enter all directories that a step is in. */
function isReached(account: Account, { parent }: Step): boolean {
  return parent === undefined || (grants(account, parent, ENTER) && isReached(account, parent));
}

/** Whether an account has one of the rights, or could give it to itself. */
function grants({ uid, gid }: Account, file: FileMode, rights: number): boolean {
  if (uid === file.uid) return true;
  return ((gid === file.gid ? file.mode >> 3 : file.mode) & rights) !== 0;
}

/**
 * The first step at which somebody besides root and one other user may change a file, or put another one in its place, with
 * who that is.
 */
export function otherWriter(trusted: number, { steps }: Way): string | undefined {
  for (const step of steps) {
    const { path, mode, uid, gid } = step;
    if (uid !== 0 && uid !== trusted) return `${path} belongs to user ${uid}`;
    // In a sticky directory nobody replaces what is another's.
    if (isLink(step) || ((mode & STICKY) !== 0 && step !== steps.at(-1))) continue;
    if ((mode & 0o002) !== 0) return `${path} is writable for everybody`;
    if ((mode & 0o020) !== 0 && gid !== 0) return `${path} is writable for group ${gid}`;
  }
  return undefined;
}
