/**
 * The list of programs that may run (`--allow-program`): finds the program of a command, and warns of weak lists.
 *
 * @module
 */
import { NotAllowedError, StartError } from "../errors.ts";
import { otherWriter } from "../files/file_access.ts";
import { isRegular, type Way, waysTo } from "../files/file_steps.ts";

/**
 * Well-known programs that run other programs, as their options, input or variables say. A list with one of them is as good
 * as no list. Many more exist.
 */
const LAUNCHERS = new Set(
  `sh ash bash dash zsh ksh mksh fish csh tcsh busybox toybox
  python perl ruby node deno bun php lua luajit tclsh wish expect guile java erl R Rscript julia groovy
  awk gawk mawk nawk sed ed ex vi vim nvim view emacs nano pico less more most man
  env xargs parallel find fd nice ionice timeout nohup setsid setpriv prlimit chrt taskset stdbuf time watch flock script
  sudo su doas runuser chroot unshare nsenter capsh start-stop-daemon systemd-run at batch crontab run-parts
  make gmake bmake ninja cmake meson scons rake ant mvn gradle npm npx yarn pnpm pip pipx cargo go gcc cc c++ g++ clang
  git hg svn tar bsdtar zip rsync ssh scp sftp ftp nc ncat netcat socat telnet curl wget openssl
  gdb lldb strace ltrace perf valgrind tmux screen docker podman kubectl nerdctl runc
  sqlite3 psql mysql mariadb mongosh redis-cli ld.so ld-linux-x86-64.so.2 ld-linux-aarch64.so.1`.split(/\s+/),
);

/**
 * Returns the path of the program that a command names: a path of the list, or the only path of the list with that name.
 *
 * @throws {NotAllowedError} When no program of the list matches, or several do.
 */
export function allowedProgram(programs: readonly string[], name: string): string {
  const found = programs.includes(name) ? [name] : programs.filter((path) => baseName(path) === name);
  if (found.length === 1) return found[0]!;
  const why = found.length > 1
    ? "several programs of that name may run; give the whole path"
    : "it is not on the daemon's list of programs; ask its operator";
  throw new NotAllowedError(`Cannot start ${JSON.stringify(name)}: ${why}`);
}

/**
 * Checks the files of a list, and returns warnings for the operator.
 *
 * @throws {StartError} When a path of the list is not an executable file.
 */
export async function inspectPrograms(programs: readonly string[], uid: number): Promise<string[]> {
  const ways = await waysTo(programs);
  return programs.flatMap((path, index) => warningsOf(path, ways[index]!, uid));
}

function warningsOf(path: string, way: Way, uid: number): string[] {
  const { file } = way;
  if (!file || !isRegular(file) || (file.mode & 0o111) === 0) {
    const why = !file ? "there is no such file, or it cannot be looked at" : "it is no executable file";
    throw new StartError(`Cannot use --allow-program ${path}: ${why}`);
  }
  const launcher = [path, file.path].map(baseName).find(isLauncher);
  const writer = otherWriter(uid, way);
  return [
    ...launcher === undefined ? [] : [
      `${path} runs whatever it is told to (${launcher}), so the list of programs protects nothing; list a script of your own`,
    ],
    ...writer === undefined ? [] : [
      `${path} can be replaced by others than root and the daemon: ${writer}; give it to root, and chmod go-w`,
    ],
  ];
}

/** Whether a program is a known launcher. A version at the end does not count: `python3.12` is python. */
function isLauncher(name: string): boolean {
  return LAUNCHERS.has(name) || LAUNCHERS.has(name.replace(/[-\d.]+$/, ""));
}

function baseName(path: string): string {
  return path.split("/").at(-1)!;
}
