import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { createPrivateKey, createPublicKey, X509Certificate } from "node:crypto";
import { loadAuthority } from "../../certs/authority.ts";
import { install, scriptFor } from "../../paasc/install/install.ts";
import { daemonCertificates, runCerts } from "../support/certs_tool.ts";
import { ROOT, RunningDaemon, text } from "../support/programs.ts";

/** A home directory with an installed paasc, and the directory of an operator with certificates. */
class Scene implements AsyncDisposable {
  private constructor(
    readonly path: string,
    readonly paasc: string,
    readonly flags: string[],
    readonly denoDir: string,
  ) {}

  static async make(): Promise<Scene> {
    const path = await Deno.makeTempDir();
    await Deno.mkdir(`${path}/user`);
    await Deno.mkdir(`${path}/certs`);
    const paasc = await install(`${path}/bin`, scriptFor(Deno.execPath(), `${ROOT}/paasc/main.ts`));
    const { stdout } = await new Deno.Command(Deno.execPath(), { args: ["info", "--json"], cwd: ROOT }).output();
    return new Scene(path, paasc, await daemonCertificates(`${path}/certs`), JSON.parse(text(stdout)).denoDir);
  }

  /** The directory of the user's files. */
  get config(): string {
    return `${this.path}/user/.config/paas`;
  }

  /** What `paasc` prints. */
  async run(...args: string[]) {
    const { code, stdout, stderr } = await new Deno.Command(this.paasc, {
      args,
      env: { PATH: Deno.env.get("PATH")!, DENO_DIR: this.denoDir, HOME: `${this.path}/user` },
      clearEnv: true,
      cwd: this.path,
    }).output();
    return { code, stdout: text(stdout), stderr: text(stderr).replaceAll(this.path, "") };
  }

  /** What a command prints that must succeed. */
  async ask(...args: string[]): Promise<string> {
    const { code, stdout, stderr } = await this.run(...args);
    assertEquals([code, stderr], [0, ""], args.join(" "));
    return stdout;
  }

  /** What a command says that must fail. */
  async fault(...args: string[]): Promise<string> {
    const { code, stdout, stderr } = await this.run(...args);
    assertEquals([code, stdout], [1, ""], args.join(" "));
    return stderr;
  }

  files(): string[] {
    return [...Deno.readDirSync(this.config)].map(({ name }) => name).sort();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.path, { recursive: true });
  }
}

Deno.test("join makes a key and a request, which the operator signs, and then a context that works", async () => {
  await using scene = await Scene.make();
  await using daemon = await RunningDaemon.start(scene.flags);
  const first = await scene.ask("join", "carol", "--server", daemon.address);
  assertEquals(scene.files(), ["carol.csr", "carol.key", "paasc.toml"]);
  assertEquals(Deno.statSync(`${scene.config}/carol.key`).mode! & 0o777, 0o600);
  const key = Deno.readTextFileSync(`${scene.config}/carol.key`);
  assert(!first.includes(key.split("\n")[1]!), "the key is not printed");

  // The command of the operator is as join prints it.
  await Deno.copyFile(`${scene.config}/carol.csr`, `${scene.path}/certs/carol.csr`);
  assertStringIncludes(first, "deno task certs sign DIR carol.csr\n");
  const signed = await runCerts("sign", `${scene.path}/certs`, `${scene.path}/certs/carol.csr`);
  const fingerprint = /SHA-256 of the key: [0-9a-f]{64}\n/;
  assertEquals(fingerprint.exec(signed.stdout)?.[0], fingerprint.exec(first)?.[0]);

  const files = ["--cert", "certs/carol.crt", "--ca", "certs/server-ca.crt"];
  const second = JSON.parse(await scene.ask("join", "carol", ...files, "-o", "json"));
  const certificate = new X509Certificate(Deno.readTextFileSync(`${scene.path}/certs/carol.crt`));
  const user = certificate.fingerprint256.replaceAll(":", "").toLowerCase();
  assertEquals(second, { name: "carol", server: daemon.address, user, inUse: true });
  assertStringIncludes(await scene.ask("doctor"), `you are ${user} to it`);
  assertEquals(await scene.ask("run", "-n", "echo", "hello"), "hello\n");
  assertEquals(await scene.ask("context", "list"), `carol\t${daemon.address}\t*\ndefault\t127.0.0.1:50051\t-\n`);
  // A second time changes nothing.
  assertStringIncludes(await scene.ask("join", "carol", ...files), "The context 'carol' is ready and in use.\n");
});

Deno.test("join leaves the context that is in use", async () => {
  await using scene = await Scene.make();
  await scene.ask("context", "create", "prod", "--server", "prod.example.com:1");
  await scene.ask("context", "use", "prod");
  await scene.ask("join", "carol", "--server", "localhost:1");
  const directory = `${scene.path}/certs`;
  await Deno.copyFile(`${scene.config}/carol.csr`, `${directory}/carol.csr`);
  await runCerts("sign", directory, `${directory}/carol.csr`);
  const printed = await scene.ask("join", "carol", "--cert", "certs/carol.crt", "--ca", "certs/server-ca.crt");
  assertStringIncludes(printed, "is ready; 'prod' is in use: 'paasc context use carol' changes that.\n");
  assertStringIncludes(printed, "paasc --context carol doctor\n");
  assertMatch(await scene.ask("context", "list"), /^prod\t.*\t\*$/m);
});

Deno.test("join overwrites nothing, and leaves nothing when it fails", async () => {
  await using scene = await Scene.make();
  await Deno.mkdir(scene.config, { recursive: true });
  const begin = ["join", "carol", "--server", "localhost:1"];
  for (const name of ["carol.key", "carol.csr"]) {
    await Deno.writeTextFile(`${scene.config}/${name}`, "mine");
    assertMatch(await scene.fault(...begin), /^paasc: .*\/carol\.\w+ exists already, and nothing is overwritten: take/);
    assertEquals(scene.files(), [name]);
    assertEquals(Deno.readTextFileSync(`${scene.config}/${name}`), "mine");
    await Deno.remove(`${scene.config}/${name}`);
  }
  // Even a link to nothing.
  await Deno.symlink("nowhere", `${scene.config}/carol.key`);
  assertStringIncludes(await scene.fault(...begin), "exists already");
  await Deno.remove(`${scene.config}/carol.key`);

  await Deno.writeTextFile(`${scene.config}/paasc.toml`, `contexts = { prod = { server = "a:1" } }\n`);
  assertStringIncludes(await scene.fault(...begin), "cannot change");
  assertEquals(scene.files(), ["paasc.toml"]);
  await Deno.remove(`${scene.config}/paasc.toml`);

  await scene.ask(...begin);
  const key = Deno.readTextFileSync(`${scene.config}/carol.key`);
  assertStringIncludes(await scene.fault(...begin), "there is a context 'carol' already: finish with --cert and --ca");
  assertEquals(Deno.readTextFileSync(`${scene.config}/carol.key`), key);
});

Deno.test("join refuses certificates that would not work", async (t) => {
  await using scene = await Scene.make();
  const certs = `${scene.path}/certs`;
  await scene.ask("join", "carol", "--server", "localhost:1");
  const read = (name: string) => Deno.readTextFileSync(name);
  const authority = await loadAuthority({ cert: read(`${certs}/client-ca.crt`), key: read(`${certs}/client-ca.key`) });
  const spki = createPublicKey(createPrivateKey(read(`${scene.config}/carol.key`))).export({
    type: "spki",
    format: "der",
  });
  const der = new Uint8Array(spki);
  const [hour, now] = [3_600_000, Date.now()];
  const made: Record<string, string> = {
    "other.crt": (await authority.issue({ commonName: "carol", usages: ["clientAuth"] })).cert,
    "expired.crt": await authority.certify(der, {
      commonName: "carol",
      usages: ["clientAuth"],
      notBefore: new Date(now - 48 * hour),
      notAfter: new Date(now - 24 * hour),
    }),
    "future.crt": await authority.certify(der, {
      commonName: "carol",
      usages: ["clientAuth"],
      notBefore: new Date(now + 24 * hour),
    }),
    "server-use.crt": await authority.certify(der, {
      commonName: "carol",
      usages: ["serverAuth"],
      hosts: ["localhost"],
    }),
    "no-use.crt": await authority.certify(der, { commonName: "carol", usages: [] }),
    "good.crt": await authority.certify(der, { commonName: "carol", usages: ["clientAuth"] }),
    "text.crt": "no certificate",
  };
  for (const [name, pem] of Object.entries(made)) await Deno.writeTextFile(`${certs}/${name}`, pem);
  const before = scene.files();
  const cases: [cert: string, ca: string, sentence: string][] = [
    ["other.crt", "server-ca.crt", "carol.key does not belong to the client certificate certs/other.crt\n"],
    ["expired.crt", "server-ca.crt", "the certificate certs/expired.crt is of no use: it expired at "],
    ["future.crt", "server-ca.crt", "is of no use: it is not valid before "],
    ["server-use.crt", "server-ca.crt", "is of no use: its extended key usage lacks clientAuth\n"],
    ["no-use.crt", "server-ca.crt", "is of no use: it has no extended key usage"],
    ["text.crt", "server-ca.crt", "the client certificate certs/text.crt is no PEM certificate\n"],
    ["good.crt", "text.crt", "the server CA certs/text.crt holds no PEM certificate\n"],
    ["good.crt", "good.crt", "certs/good.crt is not the certificate of a CA"],
    ["missing.crt", "server-ca.crt", "cannot read certs/missing.crt: it does not exist\n"],
    [".", "server-ca.crt", "cannot read certs/.: it is a directory\n"],
    ["good.crt", "missing.crt", "cannot read certs/missing.crt: it does not exist\n"],
  ];
  for (const [cert, ca, sentence] of cases) {
    await t.step(`${cert} ${ca}`, async () => {
      const fault = await scene.fault("join", "carol", "--cert", `certs/${cert}`, "--ca", `certs/${ca}`);
      assertStringIncludes(fault, sentence);
      assertEquals(fault.trimEnd().split("\n").length, 1);
      assertEquals(scene.files(), before);
    });
  }
  await t.step("without a key", async () => {
    const fault = await scene.fault("join", "dave", "--cert", "certs/good.crt", "--ca", "certs/server-ca.crt");
    assertStringIncludes(fault, "dave.key: it does not exist; begin with 'paasc join dave --server HOST:PORT'\n");
  });
  await t.step("another certificate in its place", async () => {
    await Deno.writeTextFile(`${scene.config}/carol.crt`, "mine");
    const fault = await scene.fault("join", "carol", "--cert", "certs/good.crt", "--ca", "certs/server-ca.crt");
    assertStringIncludes(fault, "carol.crt exists already, and nothing is overwritten");
    assertEquals(read(`${scene.config}/carol.crt`), "mine");
  });
});

Deno.test("join refuses a wrong command line", async () => {
  await using scene = await Scene.make();
  const wrong: [words: string[], sentence: string][] = [
    [[], "join needs a name"],
    [["a", "b"], "join takes one name"],
    [["carol"], "join needs '--server', or '--cert' and '--ca'"],
    [["carol", "--cert", "x"], "option '--cert' needs '--ca'"],
    [["carol", "--server", "x"], "'x' is no HOST:PORT"],
    [["carol", "--server", "x:1", "--key", "k"], "leave '--key' out"],
    ...["../carol", "a/b", "-x", ".key", "server-ca", "Grüße", "x".repeat(65)].map(
      (name): [string[], string] => [["--server", "x:1", "--", name], `'${name}' cannot be a user's name`],
    ),
  ];
  for (const [words, sentence] of wrong) {
    const { code, stderr } = await scene.run("join", ...words);
    assertEquals(code, 2, words.join(" "));
    assertStringIncludes(stderr, sentence);
  }
});
