import { assertEquals, assertRejects } from "@std/assert";
import { pathOf } from "./machine.ts";
import { Shell } from "./shell.ts";

/** Gives a test a shell. */
function testShell(name: string, test: (shell: Shell) => Promise<void>, ignore = false): void {
  Deno.test(name, { ignore }, async () => {
    const directory = await Deno.makeTempDir({ prefix: "it's a " });
    try {
      const env = { PATH: Deno.env.get("PATH")! };
      await using shell = new Shell({ program: "sh", script: "script", directory, cwd: directory, env });
      await test(shell);
    } finally {
      await Deno.remove(directory, { recursive: true });
    }
  });
}

testShell("Shell.run() gives what a command has printed, byte for byte, and its exit code", async (shell) => {
  assertEquals(await shell.run("echo a; echo b >&2; echo c; false"), { stdout: "a\nc\n", stderr: "b\n", code: 1 });
  assertEquals(await shell.run("printf '\\n\\na'; printf b >&2"), { stdout: "\n\na", stderr: "b", code: 0 });
  assertEquals(await shell.run("echo 1 \\\n  2 # 3\necho 4"), { stdout: "1 2\n4\n", stderr: "", code: 0 });
});

testShell("Shell.run() lets variables and the directory last, and gives an empty stdin", async (shell) => {
  await shell.run("a='x  y'; cd /");
  assertEquals((await shell.run('cat; echo "$a" "$PWD"')).stdout, "x  y /\n");
});

testShell("Shell.run() makes a terminal of stdout alone", async (shell) => {
  const { stdout, stderr, code } = await shell.run("[ -t 1 ] && [ ! -t 2 ] && echo a; echo b >&2; exit 3", {
    terminal: true,
  });
  assertEquals([stdout, stderr, code], ["a\n", "b\n", 3]);
}, pathOf("script") === undefined);

testShell("Shell.run() presses Ctrl-C when it is time, and again when that was too early", async (shell) => {
  const interruptWhen = ({ stdout }: { stdout: string }) => stdout !== "";
  assertEquals(await shell.run("echo a; sleep 1000", { interruptWhen }), { stdout: "a\n", stderr: "", code: 130 });
  const twice = "sh -c 'trap \"trap - INT\" INT; echo a; while :; do sleep 1; done'";
  assertEquals((await shell.run(twice, { interruptWhen })).code, 130);
  assertEquals((await shell.run("echo b", { interruptWhen: () => true })).stdout, "b\n", "the shell lives on");
});

for (const command of ["exit 3", "echo 'a"]) {
  testShell(`Shell.run() fails when '${command}' ends the shell`, async (shell) => {
    await assertRejects(() => shell.run(command), Error, `${command} has ended the shell`);
  });
}
