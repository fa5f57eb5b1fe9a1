/**
 * The package for Debian: both programs with one Deno, the unit of the daemon, completions and manual pages.
 *
 * @module
 */
import { join } from "node:path";
import { commands } from "../paasc/commands/mod.ts";
import { completionScript } from "../paasc/completions/completions.ts";
import { clientManual, daemonManual } from "./manual.ts";
import { clientProgram, daemonProgram } from "./programs.ts";
import { read } from "./source.ts";
import { run, unpack } from "./tarball.ts";

/** Names of Debian for the architectures that Deno runs on. */
const ARCHITECTURES = { x86_64: "amd64", aarch64: "arm64" } as const;

/**
 * Runs after the files are there. It makes the account of the commands, for a machine without systemd too. It starts nothing,
 * because a daemon needs certificates first, and restarts nothing, because that would end the processes of users.
 */
const POSTINST = `#!/bin/sh
set -e
if [ "$1" = configure ]; then
  getent passwd paas-run >/dev/null ||
    useradd --system --user-group --home-dir /var/lib/paas-run --shell /usr/sbin/nologin paas-run
  [ -d /var/lib/paas-run ] || install -d -m 0700 -o paas-run -g paas-run /var/lib/paas-run
  if [ -d /run/systemd/system ]; then systemctl daemon-reload; fi
fi
`;

/** Runs before the files go. An upgrade leaves the daemon that runs alone. */
const PRERM = `#!/bin/sh
set -e
if [ "$1" = remove ] && [ -d /run/systemd/system ]; then systemctl disable --now paasd.service || true; fi
`;

/**
 * Makes the package.
 *
 * @returns The path of the package; undefined when there is no dpkg-deb, or no such architecture
 */
export async function makeDebianPackage(
  { version, license, directory }: { version: string; license: string; directory: string },
): Promise<string | undefined> {
  const architecture = ARCHITECTURES[Deno.build.arch as keyof typeof ARCHITECTURES];
  if (!architecture || !await hasDpkg()) return undefined;
  const root = await Deno.makeTempDir({ prefix: "paas-debian-" });
  try {
    for (const program of [await clientProgram("bundled"), await daemonProgram("bundled")]) {
      const name = program.manifest.name.split("/")[1]!;
      await unpack(program, { version, license, folder: `${root}/usr/lib/paas/${name}` });
      await Deno.mkdir(`${root}/usr/bin`, { recursive: true });
      await Deno.symlink(`../lib/paas/${name}/bin/${name}`, `${root}/usr/bin/${name}`);
    }
    await Deno.copyFile(Deno.execPath(), `${root}/usr/lib/paas/deno`);
    await Deno.chmod(`${root}/usr/lib/paas/deno`, 0o755);
    const files: Record<string, string> = {
      "usr/lib/systemd/system/paasd.service": read("deploy/paasd.service"),
      "usr/lib/sysusers.d/paasd.conf": read("deploy/paasd.sysusers.conf"),
      "etc/paas/paasd.toml": read("deploy/paasd.toml"),
      "usr/share/bash-completion/completions/paasc": completionScript("bash", commands),
      "usr/share/zsh/vendor-completions/_paasc": completionScript("zsh", commands),
      "usr/share/fish/vendor_completions.d/paasc.fish": completionScript("fish", commands),
      "usr/share/man/man1/paasc.1": await clientManual(),
      "usr/share/man/man8/paasd.8": daemonManual(),
      "usr/share/doc/paas/copyright":
        `${license}\nDeno, /usr/lib/paas/deno, is under the same license, of the Deno authors.\n` +
        "The licenses of the libraries stand beside the programs, in /usr/lib/paas.\n",
      "DEBIAN/conffiles": "/etc/paas/paasd.toml\n",
      "DEBIAN/control": control(version, architecture),
    };
    for (const [path, text] of Object.entries(files)) {
      await Deno.mkdir(join(root, path, ".."), { recursive: true });
      await Deno.writeTextFile(join(root, path), text);
    }
    for (const [name, script] of [["postinst", POSTINST], ["prerm", PRERM]] as const) {
      await Deno.writeTextFile(`${root}/DEBIAN/${name}`, script);
      await Deno.chmod(`${root}/DEBIAN/${name}`, 0o755);
    }
    await run("gzip", ["-9n", `${root}/usr/share/man/man1/paasc.1`, `${root}/usr/share/man/man8/paasd.8`]);
    await run("chmod", ["-R", "u=rwX,go=rX", root]);
    await run("chmod", ["-R", "go=", `${root}/etc/paas`]);
    const path = join(directory, `paas_${version}_${architecture}.deb`);
    await run("dpkg-deb", ["--build", "--root-owner-group", "-Zgzip", "-z2", root, path]);
    return path;
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

async function hasDpkg(): Promise<boolean> {
  return await run("dpkg-deb", ["--version"]).then(() => true, () => false);
}

function control(version: string, architecture: string): string {
  return `Package: paas
Version: ${version}
Architecture: ${architecture}
Maintainer: the Paas authors <paas@localhost>
Section: admin
Priority: optional
Depends: libc6 (>= 2.31), passwd, util-linux (>= 2.36)
Recommends: perl-base
Description: processes as a service
 paasd runs Unix commands for remote users, shows their output live, reports
 their exit status, and stops them. paasc is its command line client. Users are
 known by their client certificates.
 .
 The daemon is not started: it needs certificates in /etc/paas first.
`;
}
