/**
 * `deno task scan`: what testssl.sh (https://testssl.sh) finds in the TLS of a daemon with certificates as an operator makes
 * them. It takes a minute. It exits with 1 when it finds anything of severity LOW or above that is not explained here.
 *
 * @module
 */
import { join } from "node:path";
import { daemonCertificates } from "../support/certs_tool.ts";
import { RunningDaemon } from "../support/programs.ts";

/** What stands in the report though nothing is to be mended, and why. */
const EXPLAINED: Record<string, string> = {
  cert_revocation: "a private CA: clients of the daemon ask nobody whether the server's certificate was revoked",
  DNS_CAArecord: "localhost has no DNS records",
  certs_list_ordering_problem:
    "Deno sends what `ca` has, the client CA, behind the daemon's own certificate; it is public",
  HTTP_status_code: "who shows no certificate gets no answer, so there is none to look at",
  scanProblem: "who shows no certificate gets no answer, so there is none to look at",
  BREACH: "who shows no certificate gets no answer, so there is none to look at",
};

/** What must be in a report, so that a scan that saw nothing is not taken for a good one. */
const SEEN = { TLS1_3: "offered", TLS1_2: "not offered", heartbleed: "not vulnerable", FREAK: "not vulnerable" };

const SEVERE = ["LOW", "MEDIUM", "HIGH", "CRITICAL", "FATAL", "WARN"];

interface Finding {
  id: string;
  severity: string;
  finding: string;
}

Deno.exit(await scan());

/** A scan; gives the exit code. */
async function scan(): Promise<number> {
  const directory = await Deno.makeTempDir({ prefix: "paas-scan-" });
  try {
    const certs = join(directory, "certs");
    const flags = await daemonCertificates(certs, "--days", "90");
    await using daemon = await RunningDaemon.start(flags);
    const report = join(directory, "report.json");
    // Its own openssl is too old for TLS 1.3, and it takes the daemon for no server at all until it is told to go on.
    const options = ["--openssl", "/usr/bin/openssl", "--assume-http", "--warnings", "off", "--quiet", "--color", "0"];
    const where = ["--add-ca", join(certs, "server-ca.crt"), "--ip", "127.0.0.1", `https://localhost:${daemon.port}`];
    await run(await testssl(), [...options, "--jsonfile", report, ...where]);
    return tell(JSON.parse(await Deno.readTextFile(report)));
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

/** Prints what was found; gives the exit code. */
function tell(findings: Finding[]): number {
  const severe = findings.filter(({ severity }) => SEVERE.includes(severity));
  let unexplained = 0;
  for (const { id, severity, finding } of severe) {
    const reason = EXPLAINED[id];
    if (!reason) unexplained++;
    console.log(`${reason ? "explained" : "FOUND"} ${severity} ${id}: ${finding}${reason ? ` (${reason})` : ""}`);
  }
  for (const [id, expected] of Object.entries(SEEN)) {
    const seen = findings.find((finding) => finding.id === id)?.finding;
    if (seen?.startsWith(expected)) continue;
    unexplained++;
    console.log(`FOUND ${id}: ${seen} instead of ${expected}`);
  }
  console.log(`${findings.length} findings, ${severe.length} of severity LOW or above, ${unexplained} unexplained`);
  return unexplained > 0 ? 1 : 0;
}

/** Where testssl.sh is: Debian calls it `testssl`. */
async function testssl(): Promise<string> {
  for (const name of ["testssl", "testssl.sh"]) {
    const { success } = await new Deno.Command("sh", { args: ["-c", `command -v ${name}`], stdout: "null" }).output();
    if (success) return name;
  }
  console.error("Cannot find testssl.sh: install the package testssl.sh");
  Deno.exit(1);
}

/** Runs a program to its end, whatever its exit code: that of testssl.sh counts findings. */
async function run(program: string, args: string[]): Promise<void> {
  await new Deno.Command(program, { args, stdin: "null", stdout: "null" }).output();
}
