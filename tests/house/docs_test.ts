import { assert, assertEquals } from "@std/assert";
import { dirname, join, relative } from "node:path";
import { ROOT, text } from "../support/programs.ts";

/** The pages of the repository, by their paths. */
async function pages(): Promise<Map<string, string>> {
  const args = ["ls-files", "-z", "--cached", "--others", "--exclude-standard", "*.md"];
  const { success, stdout, stderr } = await new Deno.Command("git", { args, cwd: ROOT }).output();
  assert(success, text(stderr));
  const paths = text(stdout).split("\0").filter((path) => path !== "" && exists(path));
  return new Map(
    await Promise.all(
      paths.map(async (path) => [path, await Deno.readTextFile(join(ROOT, path))] as const),
    ),
  );
}

function exists(path: string): boolean {
  try {
    Deno.statSync(join(ROOT, path));
    return true;
  } catch {
    return false;
  }
}

/** The anchors of a page, as GitHub makes them of its headings. */
function anchors(page: string): string[] {
  const withoutCode = page.replaceAll(/^```[^]*?^```$/gm, "");
  return [...withoutCode.matchAll(/^#+ (.+)$/gm)].map(([, heading]) =>
    heading!.toLowerCase().replaceAll(/[^\w\- ]/g, "").replaceAll(" ", "-")
  );
}

Deno.test("anchors() gives what links to headings say", () => {
  assertEquals(anchors("# Paas: a `word`\n```sh\n# no heading\n```\n## All limits\n"), ["paas-a-word", "all-limits"]);
});

Deno.test("every relative link of a page leads to a file, and to a heading of it", async () => {
  const all = await pages();
  assert(all.size > 20);
  const broken: string[] = [];
  for (const [path, page] of all) {
    for (const [, link = ""] of page.matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^[a-z]+:/.test(link)) continue; // to somewhere else
      const [file = "", anchor] = link.split("#");
      const target = file === "" ? path : relative(ROOT, join(ROOT, dirname(path), file));
      const found = anchor === undefined || anchors(all.get(target) ?? "").includes(anchor);
      if (!exists(target) || !found) broken.push(`${path}: ${link}`);
    }
  }
  assertEquals(broken, []);
});

/** A file or a folder of ours, by its path from the top. */
const OUR_PATH =
  /(?<![\w./-])(?:worker|proto|paasd|paasc|certs|tests|bench|deploy|docs|examples)(?:\/[\w.-]+)*\/(?:[\w-]+\.)*\w+/g;

Deno.test("every path that a page names exists", async () => {
  const missing: string[] = [];
  for (const [path, page] of await pages()) {
    for (const [, code = ""] of page.matchAll(/`([^`\n]+)`/g)) {
      for (const [named] of code.matchAll(OUR_PATH)) {
        if (/\.[a-z]+$/.test(named) && !exists(named)) missing.push(`${path}: ${named}`);
      }
      for (const [named] of code.matchAll(/(?<![\w./-])(?:worker|paasd|paasc)\/[\w-]+\/(?=$|\s)/g)) {
        if (!exists(named)) missing.push(`${path}: ${named}`);
      }
    }
  }
  assertEquals(missing, []);
});

Deno.test("every room of a member is in the map of ARCHITECTURE.md, and no other", async () => {
  const page = (await pages()).get("ARCHITECTURE.md")!;
  for (const member of ["worker", "paasd", "paasc"]) {
    const [, section = ""] = page.split(new RegExp(`^\\*\\*${member}\\*\\*.*$`, "m"));
    const listed = [...section.split(/^(?:\*\*|## )/m)[0]!.matchAll(/^- `(\w+)\/`/gm)].map(([, room]) => room!);
    const rooms = [...Deno.readDirSync(join(ROOT, member))].filter(({ isDirectory }) => isDirectory);
    assertEquals(listed.toSorted(), rooms.map(({ name }) => name).toSorted(), member);
  }
});

for (const [path, limit] of [["README.md", 130], ["ARCHITECTURE.md", 160]] as const) {
  Deno.test(`${path} has at most ${limit} lines`, async () => {
    const lines = (await Deno.readTextFile(join(ROOT, path))).trimEnd().split("\n").length;
    assert(lines <= limit, `${lines} lines`);
  });
}
