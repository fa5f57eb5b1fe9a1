import { assertEquals, assertStringIncludes } from "@std/assert";
import { contextFlag, RUN_FLAGS } from "./run_flags.ts";

Deno.test("RUN_FLAGS are those of the task paasc, which may also write its configuration file", async () => {
  const configuration = await Deno.readTextFile(new URL("../../deno.json", import.meta.url));
  const write = contextFlag("paasc/install/config_directory.sh").replaceAll('"', '\\"');
  const flags = RUN_FLAGS.map((flag) => flag.includes("*") ? `'${flag}'` : flag).join(" ");
  assertStringIncludes(configuration, `"command": "deno run ${flags} ${write} paasc/main.ts"`);
});

Deno.test("RUN_FLAGS permit only the network, reading, and variables by name", () => {
  assertEquals(RUN_FLAGS.filter((flag) => !/^--(?:quiet|no-prompt|ignore-env|v8-flags=.*)$/.test(flag)), [
    "--allow-net",
    "--allow-read",
    "--allow-env=PAASC_CONTEXT,PAASC_SERVER,PAASC_CA,PAASC_CERT,PAASC_KEY,HOME,XDG_CONFIG_HOME,NO_COLOR,TERM,PAASC_PASS_*",
  ]);
});

Deno.test("contextFlag() permits writing into one directory", async (t) => {
  const script = new URL("config_directory.sh", import.meta.url).pathname;
  const flags: [Record<string, string>, string][] = [
    [{ HOME: "/home/o'neil" }, "/home/o'neil/.config/paas"],
    [{ HOME: "/h", XDG_CONFIG_HOME: "" }, "/h/.config/paas"],
    [{ HOME: "/h", XDG_CONFIG_HOME: "/x y" }, "/x y/paas"],
    [{ HOME: "/h", XDG_CONFIG_HOME: "relative" }, "/h/.config/paas"],
    [{ HOME: "/a,b" }, "/dev/null"],
    [{ HOME: "relative" }, "/dev/null"],
    [{}, "/dev/null"],
  ];
  for (const [env, directory] of flags) {
    await t.step(`of ${JSON.stringify(env)}`, async () => {
      const { stdout } = await new Deno.Command("/bin/sh", {
        args: ["-c", `printf %s ${contextFlag(`'${script}'`)}`],
        env: { PATH: Deno.env.get("PATH")!, ...env },
        clearEnv: true,
      }).output();
      assertEquals(new TextDecoder().decode(stdout), `--allow-write=${directory}`);
    });
  }
});

Deno.test("contextFlag() permits writing into the directory of a link's target", async () => {
  const script = new URL("config_directory.sh", import.meta.url).pathname;
  const home = await Deno.realPath(await Deno.makeTempDir());
  try {
    await Deno.mkdir(`${home}/.config/paas`, { recursive: true });
    await Deno.mkdir(`${home}/dot files`);
    await Deno.writeTextFile(`${home}/dot files/paasc.toml`, "");
    await Deno.symlink("../../dot files/paasc.toml", `${home}/.config/paas/paasc.toml`);
    const { stdout } = await new Deno.Command("/bin/sh", {
      args: ["-c", `printf %s ${contextFlag(`'${script}'`)}`],
      env: { PATH: Deno.env.get("PATH")!, HOME: home },
      clearEnv: true,
    }).output();
    assertEquals(new TextDecoder().decode(stdout), `--allow-write=${home}/.config/paas,${home}/dot files`);
  } finally {
    await Deno.remove(home, { recursive: true });
  }
});
