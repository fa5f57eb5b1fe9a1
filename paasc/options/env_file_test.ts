import { assertEquals, assertRejects } from "@std/assert";
import { ExitError } from "../exit.ts";
import { readEnvFile } from "./env_file.ts";

/** What becomes of a file with this content. */
async function read(content: string | Uint8Array): Promise<[string, string][]> {
  const path = await Deno.makeTempFile();
  try {
    await Deno.writeFile(path, typeof content === "string" ? new TextEncoder().encode(content) : content);
    return await readEnvFile(path);
  } catch (error) {
    if (error instanceof ExitError) throw new ExitError(error.reason, error.message.replaceAll(path, "FILE"));
    throw error;
  } finally {
    await Deno.remove(path);
  }
}

Deno.test("readEnvFile() takes a variable from each line, with its value as it stands there", async () => {
  assertEquals(await read(""), []);
  assertEquals(
    await read(`# comment\n\n  \nA=1\r\n  B=x y \nC=\nD='a "b"'#c\n\t# indented\nE=a=b=c\nÜ=€\nA=2`),
    [["A", "1"], ["B", "x y "], ["C", ""], ["D", `'a "b"'#c`], ["E", "a=b=c"], ["Ü", "€"], ["A", "2"]],
  );
});

Deno.test("readEnvFile() names the line that is no variable, and not what stands there", async () => {
  for (const [content, line] of [["A=1\n#\nsecret", 3], ["=x", 1], ["\r\nexport\r\n", 2]] as const) {
    const { reason, message } = await assertRejects(() => read(content), ExitError);
    assertEquals([reason, message], [
      "usage",
      `line ${line} of FILE is not of the form NAME=VALUE: see 'paasc exec --help'`,
    ]);
  }
});

Deno.test("readEnvFile() says why it cannot read a file", async () => {
  await assertRejects(() => read(new Uint8Array([65, 61, 255])), ExitError, "in FILE are not UTF-8 text");
  await assertRejects(
    () => readEnvFile("/nowhere/app.env"),
    ExitError,
    "cannot read the variables in /nowhere/app.env: it does not exist",
  );
  await assertRejects(() => readEnvFile("/"), ExitError, "cannot read the variables in /: ");
});

Deno.test("readEnvFile() refuses a name with white space, and says what to do about 'export'", async () => {
  const faults: [content: string, fault: string][] = [
    ["A=1\nexport TOKEN=secret", "line 2 of FILE begins with 'export', which is for shells: leave it away"],
    [" NAME = secret", "line 1 of FILE has white space in the name of the variable, before '='"],
    ["A\u00a0B=secret", "line 1 of FILE has white space in the name of the variable, before '='"],
  ];
  for (const [content, fault] of faults) {
    const { reason, message } = await assertRejects(() => read(content), ExitError);
    assertEquals([reason, message], ["usage", `${fault}: see 'paasc exec --help'`]);
  }
  assertEquals(await read("exported=1\nA=x y"), [["exported", "1"], ["A", "x y"]]);
});

Deno.test("readEnvFile() has a sentence of its own for what the runtime guards", async () => {
  // With all permissions, as tests have them, nothing is guarded.
  const script = `import { readEnvFile } from ${JSON.stringify(new URL("env_file.ts", import.meta.url).href)};
    try { await readEnvFile("/proc/self/environ"); } catch (error) { console.log(error.message); }`;
  const program = await Deno.makeTempFile({ suffix: ".ts" });
  await Deno.writeTextFile(program, script);
  const config = new URL("../../deno.json", import.meta.url).pathname;
  const args = ["run", "--quiet", "--no-prompt", "--allow-read", "--config", config, program];
  const { stdout } = await new Deno.Command(Deno.execPath(), { args }).output();
  await Deno.remove(program);
  assertEquals(
    new TextDecoder().decode(stdout),
    "cannot read the variables in /proc/self/environ: paasc may not read it there; copy it into a file of its own: " +
      "see 'paasc exec --help'\n",
  );
});
