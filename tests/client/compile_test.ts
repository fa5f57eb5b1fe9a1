import { assertEquals, assertStringIncludes } from "@std/assert";
import { compile } from "../../paasc/install/compile.ts";

/** Compiles with a shell script in place of deno, and lists the files that are left in the directory. */
async function compileBy(script: string) {
  const directory = await Deno.makeTempDir();
  try {
    const deno = `${directory}/deno`;
    await Deno.writeTextFile(
      deno,
      `#!/bin/sh\nfor output; do [ "$last" = --output ] && break; last=$output; done\n${script}`,
    );
    await Deno.chmod(deno, 0o755);
    const outcome = await compile(deno, `${directory}/bin/paasc`);
    return { ...outcome, left: [...Deno.readDirSync(`${directory}/bin`)].map((entry) => entry.name) };
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

Deno.test("compile() says that denort cannot be downloaded", async () => {
  const { code, message, left } = await compileBy(
    `echo half > "$output"; echo 'error sending request for url (https://dl.deno.land/x/denort.zip)' >&2; exit 1`,
  );
  assertEquals([code, left], [69, []]);
  assertStringIncludes(message, "denort");
});

Deno.test("compile() refuses a program that is not paasc", async () => {
  const { code, message, left } = await compileBy(
    `printf '#!/bin/sh\\necho deno 2.9.6' > "$output"; chmod +x "$output"`,
  );
  assertEquals([code, left], [1, []]);
  assertStringIncludes(message, "is not paasc");
});

Deno.test("compile() reports any other error of deno compile", async () => {
  const { code, message, left } = await compileBy("echo 'error: no space left' >&2; exit 1");
  assertEquals([code, message, left], [1, "deno compile failed: error: no space left", []]);
});

Deno.test("compile() makes a program that runs, if denort can be downloaded", async () => {
  const directory = await Deno.makeTempDir();
  try {
    const { code, message } = await compile(Deno.execPath(), `${directory}/paasc`);
    if (code === 69) return console.warn(`SKIPPED, NOTHING WAS COMPILED: ${message}`);
    assertEquals(code, 0, message);
    const { stdout } = await new Deno.Command(`${directory}/paasc`, { args: ["exec", "--help"] }).output();
    assertStringIncludes(new TextDecoder().decode(stdout), "Usage: paasc exec");
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});
