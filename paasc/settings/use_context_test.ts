import { assertEquals, assertRejects } from "@std/assert";
import { readConfigFile } from "./contexts.ts";
import { PaasError } from "../errors.ts";
import { useContext } from "./use_context.ts";

const comments = `# What I use.
  current='a'   # most of the time

[contexts.a]  # current = "no"
server = "a:1"
[contexts.b]
server = "b:1"
`;

/** Makes b the current context of a file with this text, and returns the new text. */
async function useB(text: string): Promise<{ text: string; mode: number; left: number }> {
  const directory = await Deno.makeTempDir();
  const path = `${directory}/paasc.toml`;
  try {
    await Deno.writeTextFile(path, text, { mode: 0o644 });
    await useContext(await readConfigFile(path), "b");
    const mode = (await Deno.stat(path)).mode! & 0o777;
    return { text: await Deno.readTextFile(path), mode, left: [...Deno.readDirSync(directory)].length };
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

Deno.test("useContext() changes the current context and nothing else", async () => {
  assertEquals(await useB(comments), {
    text: comments.replace(`current='a' `, `current="b" `),
    mode: 0o600,
    left: 1,
  });
});

Deno.test("useContext() puts the current context at the head of a file that has none", async () => {
  const { text } = await useB(`# Mine.\n[contexts.b]\nserver = "b:1"\n`);
  assertEquals(text, `current = "b"\n# Mine.\n[contexts.b]\nserver = "b:1"\n`);
});

Deno.test("useContext() leaves a file alone that has this current context", async () => {
  const text = `current = "b"\n[contexts.b]\n`;
  assertEquals(await useB(text), { text, mode: 0o644, left: 1 });
});

Deno.test("useContext() refuses a file that it would break", async () => {
  const text = `"current" = "a"\n[contexts.a]\n[contexts.b]\n`;
  await assertRejects(() => useB(text), PaasError, `write current = "b" at its head yourself`);
});

Deno.test("useContext() follows a link to the file", async () => {
  const directory = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${directory}/kept.toml`, comments);
    await Deno.symlink(`${directory}/kept.toml`, `${directory}/paasc.toml`);
    await useContext(await readConfigFile(`${directory}/paasc.toml`), "b");
    assertEquals((await readConfigFile(`${directory}/kept.toml`)).current, "b");
    assertEquals((await Deno.lstat(`${directory}/paasc.toml`)).isSymlink, true);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});
