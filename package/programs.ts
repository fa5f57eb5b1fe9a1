/**
 * The packages of the two programs: a bundle, what it needs beside it, and a script that runs it by Deno.
 *
 * @module
 */
import { bundleModules } from "../paasc/install/bundle.ts";
import { licencesOf } from "./licences.ts";
import { clientScript, daemonScript, type Supply } from "./launcher.ts";
import { clientManual, daemonManual } from "./manual.ts";
import { read, texts } from "./source.ts";
import type { Package } from "./tarball.ts";

/** Platforms of `paasc`, by the names of the packages with a Deno. The daemon runs on Linux alone. */
const PLATFORMS = ["linux-x64-glibc", "linux-arm64-glibc", "darwin-x64", "darwin-arm64"];

/**
 * The part of a manifest that chooses the Deno, exactly this one. npm installs the package of the platform and passes over
 * the others. The package `deno` depends on the same ones, and has an install script besides, which nothing here needs.
 */
function runtime(platforms: readonly string[]) {
  const packages = platforms.map((platform) => [`@deno/${platform}`, Deno.version.deno]);
  return {
    os: [...new Set(platforms.map((platform) => platform.split("-")[0]!))],
    cpu: ["x64", "arm64"],
    optionalDependencies: Object.fromEntries(packages),
  };
}

/** The program `paasc`. */
export async function clientProgram(deno?: Supply): Promise<Package> {
  const lib = await bundled("paasc/main.ts", "lazy");
  return {
    manifest: {
      name: "@paas/paasc",
      description: "Command line client of Paas, processes as a service",
      bin: { paasc: "bin/paasc" },
      man: ["man/paasc.1"],
      ...runtime(PLATFORMS),
    },
    files: {
      ...lib,
      "lib/config_directory.sh": read("paasc/install/config_directory.sh"),
      ...texts("certs", ["server-ca.crt", "alice.crt", "alice.key"]),
      "bin/paasc": clientScript(deno),
      "man/paasc.1": await clientManual(),
      "README.md": read("package/readme/paasc.md"),
    },
    programs: ["bin/paasc"],
  };
}

/** The daemon `paasd`, with what an operator needs. */
export async function daemonProgram(deno?: Supply): Promise<Package> {
  const lib = await bundled("paasd/main.ts", "several");
  return {
    manifest: {
      name: "@paas/paasd",
      description: "Daemon of Paas, processes as a service",
      bin: { paasd: "bin/paasd" },
      man: ["man/paasd.8"],
      ...runtime(PLATFORMS.filter((platform) => platform.startsWith("linux"))),
    },
    files: {
      ...lib,
      "lib/start.sh": read("paasd/start.sh"),
      "lib/guard.sh": read("worker/group/guard.sh"),
      ...texts("certs", ["server.crt", "server.key", "client-ca.crt"]),
      ...texts("deploy", [
        "paasd.service",
        "paasd.sysusers.conf",
        "paasd.toml",
        "alerts.yml",
        "grafana-dashboard.json",
      ]),
      "bin/paasd": daemonScript(deno),
      "man/paasd.8": daemonManual(),
      "README.md": read("package/readme/paasd.md"),
    },
    programs: ["bin/paasd", "lib/guard.sh"],
  };
}

/** Bundles a program into files of `lib/`, with the licences of its libraries. */
async function bundled(module: string, files: "several" | "lazy"): Promise<Record<string, string>> {
  const directory = await Deno.makeTempDir({ prefix: "paas-bundle-" });
  try {
    await bundleModules({ deno: Deno.execPath(), modules: [module], directory, files });
    const names = [...Deno.readDirSync(directory)].map(({ name }) => name);
    const lib = Object.fromEntries(names.map((name) => [`lib/${name}`, Deno.readTextFileSync(`${directory}/${name}`)]));
    return { ...lib, "LICENSES-OF-LIBRARIES.txt": await licencesOf(module, Object.values(lib)) };
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}
