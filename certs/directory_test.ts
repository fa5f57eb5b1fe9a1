import { assertEquals, assertRejects } from "@std/assert";
import { contents, testInDirectory } from "../tests/support/certs_tool.ts";
import { Directory } from "./directory.ts";

const today = () => new Date().toISOString().slice(0, 10);

async function modes(path: string): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const name of Object.keys(await contents(path))) {
    found[name] = ((await Deno.stat(`${path}/${name}`)).mode! & 0o777).toString(8);
  }
  return found;
}

testInDirectory("Directory.replace() keeps what was there under dated names", async (path) => {
  const directory = new Directory(path);
  const day = today();
  await directory.create(new Map([["a.crt", "1"]]));
  for (const text of ["2", "3", "4"]) await directory.replace(new Map([["a.crt", text]]));
  assertEquals(await contents(path), {
    "a.crt": "4",
    [`a.crt.${day}`]: "1",
    [`a.crt.${day}.2`]: "2",
    [`a.crt.${day}.3`]: "3",
  });
});

testInDirectory("Directory keeps keys from others, whatever their names", async (path) => {
  const previous = Deno.umask(0);
  try {
    const directory = await Directory.make(`${path}/new`);
    const day = today();
    const files = new Map(["a.crt", "a.key", "x.crt.key", `x.crt.${day}.key`, "a.crl"].map((name) => [name, name]));
    await directory.create(files);
    await directory.replace(files);
    for (const [name, mode] of Object.entries(await modes(directory.path))) {
      assertEquals(mode, name.includes("key") ? "600" : "644", name);
    }
    assertEquals(((await Deno.stat(directory.path)).mode! & 0o777).toString(8), "700");
  } finally {
    Deno.umask(previous);
  }
});

testInDirectory("Directory.create() and refuseToOverwrite() leave what is there alone", async (path) => {
  const directory = new Directory(path);
  await Deno.symlink("nowhere", `${path}/a.crt`);
  await assertRejects(() => directory.create(new Map([["a.crt", "1"]])), Deno.errors.AlreadyExists);
  await assertRejects(
    () => directory.refuseToOverwrite(["b.crt", "a.crt"], "Do this."),
    Error,
    `${path}/a.crt exists already, and nothing is overwritten. Do this.`,
  );
});

testInDirectory("Directory.swap() leaves no new file behind when one cannot be written", async (path) => {
  const directory = new Directory(path);
  await Deno.mkdir(`${path}/b.crt`);
  await assertRejects(() => directory.swap(new Map([["b.crt", "1"]])));
  assertEquals(await Array.fromAsync(Deno.readDir(path), ({ name }) => name), ["b.crt"]);
});

testInDirectory("Directory.certificates() finds the old ones, and no other files", async (path) => {
  const directory = new Directory(path);
  const names = ["a.crt", "a.crt.2026-11-27", "a.crt.2026-11-27.2", "b.c.crt", "a.key", "client-ca.crt", "a.crt.bak"];
  for (const name of names) await Deno.writeTextFile(`${path}/${name}`, name);
  const found = (await directory.certificates()).map(({ name, cert }) => `${name}: ${cert}`);
  assertEquals(found.toSorted(), ["a: a.crt", "a: a.crt.2026-11-27", "a: a.crt.2026-11-27.2", "b.c: b.c.crt"]);
});
