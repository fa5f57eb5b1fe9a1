import { assertEquals, assertRejects } from "@std/assert";
import { PaascError } from "../errors.ts";
import { readEnvFile } from "./env_file.ts";

/** What becomes of a file with this content. */
async function read(content: string | Uint8Array): Promise<[string, string][]> {
  const path = await Deno.makeTempFile();
  try {
    await Deno.writeFile(path, typeof content === "string" ? new TextEncoder().encode(content) : content);
    return await readEnvFile(path);
  } catch (error) {
    if (error instanceof PaascError) throw new PaascError(error.reason, error.message.replaceAll(path, "FILE"));
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
    const { reason, message } = await assertRejects(() => read(content), PaascError);
    assertEquals([reason, message], [
      "usage",
      `line ${line} of FILE is not of the form NAME=VALUE: see 'paasc exec --help'`,
    ]);
  }
});

Deno.test("readEnvFile() says why it cannot read a file", async () => {
  await assertRejects(() => read(new Uint8Array([65, 61, 255])), PaascError, "in FILE are not UTF-8 text");
  await assertRejects(
    () => readEnvFile("/nowhere/app.env"),
    PaascError,
    "cannot read the variables in /nowhere/app.env: it does not exist",
  );
  await assertRejects(() => readEnvFile("/"), PaascError, "cannot read the variables in /: ");
});
