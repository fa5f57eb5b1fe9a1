import { assertEquals, assertMatch } from "@std/assert";
import { dirname } from "node:path";
import { clientScript, daemonScript } from "./launcher.ts";

const decoder = new TextDecoder();

/** A folder with programs in it. */
class Folder implements AsyncDisposable {
  private constructor(readonly path: string) {}

  static async make(): Promise<Folder> {
    return new Folder(await Deno.makeTempDir({ prefix: "it's a " }));
  }

  /** Writes a program. A Deno prints its own path, its cache and its last words. */
  async write(name: string, text = '#!/bin/sh\nshift $(($# - 2))\necho "$0: $DENO_DIR: $@"\n'): Promise<string> {
    const path = `${this.path}/${name}`;
    await Deno.mkdir(dirname(path), { recursive: true });
    await Deno.writeTextFile(path, text);
    await Deno.chmod(path, 0o755);
    return path;
  }

  async link(target: string, name: string): Promise<string> {
    await Deno.mkdir(dirname(`${this.path}/${name}`), { recursive: true });
    await Deno.symlink(target, `${this.path}/${name}`);
    return `${this.path}/${name}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.path, { recursive: true });
  }
}

async function run(program: string, env: Record<string, string> = {}, cwd = "/", args = ["version"]) {
  const { code, stdout, stderr } = await new Deno.Command(program, {
    args,
    env: { PATH: "/usr/bin:/bin", ...env },
    clearEnv: true,
    cwd,
  }).output();
  return [code, decoder.decode(stdout), decoder.decode(stderr)] as const;
}

Deno.test("clientScript() finds the Deno of its package, wherever npm or pnpm put it, and by links", async () => {
  const layouts = {
    hoisted: { script: "node_modules/@paas/paasc", deno: "node_modules/@deno/linux-x64-glibc/deno" },
    nested: {
      script: "lib/node_modules/@paas/paasc",
      deno: "lib/node_modules/@paas/paasc/node_modules/@deno/linux-arm64-glibc/deno",
    },
    pnpm: {
      script: "node_modules/.pnpm/paasc/node_modules/@paas/paasc",
      deno: "node_modules/.pnpm/deno/node_modules/@deno/darwin-x64/deno",
    },
  };
  for (const [name, { script, deno }] of Object.entries(layouts)) {
    await using folder = await Folder.make();
    const real = await Deno.realPath(folder.path);
    await folder.write(`${script}/bin/paasc`, clientScript());
    await folder.write(deno);
    let start = `${real}/${script}/bin/paasc`;
    if (name === "pnpm") {
      await folder.link(`${real}/${script}`, "node_modules/@paas/paasc");
      start = `${real}/node_modules/@paas/paasc/bin/paasc`; // pnpm's own script goes through a folder that is a link
      const beside = "node_modules/.pnpm/paasc/node_modules/@deno/darwin-x64";
      await folder.link("../../../deno/node_modules/@deno/darwin-x64", beside);
    }
    await folder.link(start, "bin/paasc");
    assertEquals((await run(start))[0], 0);
    const [code, stdout, stderr] = await run(`${folder.path}/bin/paasc`, { HOME: folder.path });
    const [path, ...rest] = stdout.split(": ");
    assertEquals([code, stderr], [0, ""], name);
    assertEquals(await Deno.realPath(path!), `${real}/${deno}`);
    assertEquals(rest, [`${folder.path}/.cache/paas/paasc`, `${real}/${script}/lib/main.js version\n`]);
    assertEquals((await run("./paasc", {}, `${folder.path}/${script}/bin`))[0], 0); // a relative path will do
  }
});

Deno.test("clientScript() passes on the variables that --env names", async () => {
  await using folder = await Folder.make();
  const script = await folder.write("paasc/bin/paasc", clientScript("bundled"));
  await folder.write("deno", `#!/bin/sh\necho "$PAASC_PASS_ONE|\${PAASC_PASS_TWO-}"\n`);
  const env = { ONE: "a  b", TWO: "2" };
  assertEquals(await run(script, env, "/", ["run", "-e", "ONE", "true"]), [0, "a  b|\n", ""]);
});

Deno.test("clientScript() runs the deno of the PATH when its own is missing, or says what to do", async () => {
  await using folder = await Folder.make();
  const script = await folder.write("paasc/bin/paasc", clientScript());
  const deno = await folder.write("path/deno");
  const [code, stdout] = await run(script, { PATH: `${folder.path}/path:/usr/bin:/bin` });
  assertEquals([code, stdout], [0, `${deno}: /dev/null/paas/paasc: ${folder.path}/paasc/lib/main.js version\n`]);
  const missing = await run(script);
  assertEquals([missing[0], missing[1]], [127, ""]);
  assertMatch(missing[2], /^paasc: Deno is missing beside [^\n]+: install the package again\n$/);
});

Deno.test("daemonScript() runs start.sh with a Deno, and keeps the cache that the caller gives", async () => {
  await using folder = await Folder.make();
  const script = await folder.write("paasd/bin/paasd", daemonScript("bundled"));
  await folder.write("paasd/lib/start.sh", 'echo "$DENO_DIR: $@"\n');
  assertEquals(
    (await run(script, { HOME: folder.path }))[1],
    `${folder.path}/.cache/paas/paasd: ${folder.path}/paasd/../deno version\n`,
  );
  assertEquals(
    (await run(script, { DENO_DIR: "/var/cache/paas" }))[1],
    `/var/cache/paas: ${folder.path}/paasd/../deno version\n`,
  );
});

Deno.test("the scripts give Deno a cache in a home that exists, and in no other one", async () => {
  await using folder = await Folder.make();
  await folder.write("deno");
  await folder.write("paasd/lib/start.sh", 'echo "$0: $DENO_DIR: $@"\n');
  const { path: home } = folder;
  const missing = `${home}/missing`;
  const gone: Record<string, string>[] = [
    { HOME: missing },
    { HOME: home, XDG_CACHE_HOME: missing },
    { HOME: "" },
    {},
  ];
  for (const [name, text] of [["paasc", clientScript("bundled")], ["paasd", daemonScript("bundled")]] as const) {
    const script = await folder.write(`${name}/bin/${name}`, text);
    const cache = async (env: Record<string, string>) => (await run(script, env))[1].split(": ")[1];
    assertEquals(await cache({ HOME: home }), `${home}/.cache/paas/${name}`);
    assertEquals(await cache({ HOME: missing, XDG_CACHE_HOME: home }), `${home}/paas/${name}`);
    assertEquals(await cache({ HOME: home, XDG_CACHE_HOME: "relative" }), `${home}/.cache/paas/${name}`);
    for (const env of gone) assertEquals(await cache(env), `/dev/null/paas/${name}`);
  }
});
