import { assertEquals, assertRejects } from "@std/assert";
import { install, scriptFor } from "./install.ts";
import { RUN_FLAGS } from "./run_flags.ts";

const main = new URL("../main.ts", import.meta.url).pathname;

Deno.test("install() writes a script that passes each word to paasc unchanged", async () => {
  const parent = await Deno.makeTempDir();
  try {
    const path = await install(`${parent}/it's a new/bin`, scriptFor(Deno.execPath(), main));
    assertEquals(path, `${parent}/it's a new/bin/paasc`);
    const run = async (...args: string[]) => {
      const { code, stdout, stderr } = await new Deno.Command(path, { args, cwd: "/" }).output();
      return { code, text: new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr) };
    };
    assertEquals((await run("version")).code, 0);
    assertEquals(await run("attach", "id", `a b\n'"$HOME`), {
      code: 2,
      text: `paasc: attach takes one id, but there is 'a b\\u000a'"$HOME' too: see 'paasc attach --help'\n`,
    });
  } finally {
    await Deno.remove(parent, { recursive: true });
  }
});

Deno.test("install() replaces its own script and nothing else", async () => {
  const directory = await Deno.makeTempDir();
  try {
    const path = await install(directory, scriptFor("/old/deno", main));
    const script = scriptFor("/new/deno", main);
    await install(directory, script);
    assertEquals(await Deno.readTextFile(path), script);

    const refused = () => install(directory, script);
    await Deno.writeTextFile(path, "#!/bin/sh\nsomebody else's\n");
    await assertRejects(refused, Error, "was not written by this task");
    assertEquals(await Deno.readTextFile(path), "#!/bin/sh\nsomebody else's\n");

    await Deno.remove(path);
    await Deno.writeTextFile(`${directory}/elsewhere`, script);
    await Deno.symlink(`${directory}/elsewhere`, path);
    await assertRejects(refused, Error, "was not written by this task");
    assertEquals([...Deno.readDirSync(directory)].length, 2);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

Deno.test("scriptFor() prefers the bundle while no source is newer", async () => {
  const root = await Deno.makeTempDir({ prefix: "it's a " });
  try {
    const [deno, source, bundled] = [`${root}/deno`, `${root}/paasc/main.ts`, `${root}/dist/main.js`];
    for (const directory of ["paasc/commands", "proto/paas/v1", "dist"]) {
      await Deno.mkdir(`${root}/${directory}`, { recursive: true });
    }
    const sources = [source, `${root}/paasc/commands/run.ts`, `${root}/proto/paas/v1/paas.proto`, `${root}/deno.lock`];
    for (const file of [...sources, bundled]) await Deno.writeTextFile(file, "");
    const age = (file: string, seconds: number) => Deno.utime(file, seconds, seconds);
    for (const file of sources) await age(file, 1_000);
    await age(bundled, 2_000);
    await Deno.writeTextFile(deno, `#!/bin/sh\nfor word; do case $word in */main.*) echo "$word" ;; esac; done\n`);
    await Deno.chmod(deno, 0o755);
    const script = await install(`${root}/bin`, scriptFor(deno, source, bundled));
    const runs = async () => {
      const { stdout, stderr } = await new Deno.Command(script, { args: ["list"], cwd: "/" }).output();
      return new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
    };

    assertEquals(await runs(), `${bundled}\n`);
    for (const file of sources) {
      await age(file, 3_000);
      assertEquals(await runs(), `${source}\n`, file);
      await age(file, 1_000);
    }
    assertEquals(await runs(), `${bundled}\n`);
    await Deno.remove(bundled);
    assertEquals(await runs(), `${source}\n`);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});

Deno.test("scriptFor() runs the deno of the PATH when its own is gone, or says what to do", async () => {
  const root = await Deno.makeTempDir({ prefix: "it's a " });
  try {
    const own = `${root}/cache/deno`;
    await Deno.mkdir(`${root}/cache`);
    await Deno.mkdir(`${root}/path`);
    for (const deno of [own, `${root}/path/deno`]) {
      await Deno.writeTextFile(deno, `#!/bin/sh\necho "$0: $@"\n`);
      await Deno.chmod(deno, 0o755);
    }
    const script = await install(`${root}/bin`, scriptFor(own, main));
    const run = async (PATH: string) => {
      const { code, stdout, stderr } = await new Deno.Command(script, {
        args: ["version"],
        env: { PATH },
        clearEnv: true,
      })
        .output();
      return [code, new TextDecoder().decode(stdout), new TextDecoder().decode(stderr)];
    };
    const words = [...RUN_FLAGS, main, "version"].join(" ");

    assertEquals(await run(`${root}/path`), [0, `${own}: run ${words}\n`, ""]);
    await Deno.remove(`${root}/cache`, { recursive: true });
    assertEquals(await run(`${root}/path`), [0, `${root}/path/deno: run ${words}\n`, ""]);
    assertEquals(await run("/nowhere"), [
      127,
      "",
      `paasc: Deno is gone from ${own}, and the PATH has no 'deno': install Deno and run 'deno task install' again\n`,
    ]);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});

Deno.test("scriptFor() makes printing to a closed stdout an error", async () => {
  const directory = await Deno.makeTempDir();
  try {
    const path = await install(directory, scriptFor(Deno.execPath(), main));
    const run = async (redirection: string) => {
      const { code, stderr } = await new Deno.Command("sh", { args: ["-c", `"$0" version ${redirection}`, path] })
        .output();
      return [code, new TextDecoder().decode(stderr)];
    };
    const [code, said] = await run(">&-");
    assertEquals([code, said], [1, "paasc: cannot write to stdout: it is closed, or /dev/full\n"]);
    assertEquals(await run(">/dev/null"), [0, ""]);
    assertEquals(await run("1<>/dev/null"), [0, ""]);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

Deno.test("scriptFor() passes on the variables that --env names, and no others", async () => {
  const root = await Deno.makeTempDir();
  try {
    const deno = `${root}/deno`;
    await Deno.writeTextFile(deno, `#!/bin/sh\nenv | grep ^PAASC_PASS_ | sort\n`);
    await Deno.chmod(deno, 0o755);
    const script = await install(`${root}/bin`, scriptFor(deno, main));
    const passed = async (...args: string[]) => {
      const env = { PATH: Deno.env.get("PATH")!, ONE: 'a  b $HOME "', TWO: "2", EMPTY: "" };
      const { stdout, stderr } = await new Deno.Command(script, { args, env, clearEnv: true }).output();
      assertEquals(new TextDecoder().decode(stderr), "");
      return new TextDecoder().decode(stdout).replaceAll("PAASC_PASS_", "").split("\n").filter(Boolean);
    };
    const one = 'ONE=a  b $HOME "';
    for (const words of [["-e", "ONE"], ["--env", "ONE"], ["--env=ONE"], ["-eONE"], ["-ite", "ONE"]]) {
      assertEquals(await passed("run", ...words, "true"), [one], words.join(" "));
    }
    assertEquals(await passed("exec", "-e", "TWO", "-e", "ONE", "-e", "EMPTY", "true"), ["EMPTY=", one, "TWO=2"]);
    for (const word of ["A=1", "NONE", "1", "", "x$(touch evil)", "ONE;TWO", "*", "-e"]) {
      assertEquals(await passed("run", "-e", word, "true"), [], word);
    }
    assertEquals(await passed("run", "--name", "context", "-e", "ONE", "true"), [one]);
    assertEquals(await passed("list", "ONE"), []);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});

Deno.test("scriptFor() lets Deno make no home that is missing", async () => {
  const root = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${root}/deno`, '#!/bin/sh\necho "$DENO_DIR"\n');
    await Deno.chmod(`${root}/deno`, 0o755);
    await Deno.writeTextFile(`${root}/main.js`, "");
    const missing = `${root}/missing`;
    const there: Record<string, string>[] = [{}, { HOME: root }, { HOME: missing, XDG_CACHE_HOME: root }];
    const gone: Record<string, string>[] = [{ HOME: missing }, { HOME: root, XDG_CACHE_HOME: missing }];
    for (const bundled of [`${root}/main.js`, undefined]) {
      const script = await install(`${root}/bin`, scriptFor(`${root}/deno`, `${root}/paasc/main.ts`, bundled));
      const cache = async (env: Record<string, string>) => {
        const { stdout } = await new Deno.Command(script, { env: { PATH: "/usr/bin:/bin", ...env }, clearEnv: true })
          .output();
        return new TextDecoder().decode(stdout).trim();
      };
      for (const env of there) assertEquals(await cache(env), "");
      for (const env of gone) assertEquals(await cache(env), "/dev/null");
      assertEquals(await cache({ HOME: missing, DENO_DIR: root }), root);
    }
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});
