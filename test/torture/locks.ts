/** Leaves locks behind as crashes, full disks, containers and other machines do, and asks for them. */
import { mkdtemp, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { UndertoneError } from "../../src/shared/errors.ts";
import { thisOwner } from "../../src/shared/lock-owner.node.ts";
import { acquireLock } from "../../src/shared/lock.node.ts";
import { Tally } from "./tally.ts";

const staleSec = 61;

/** What was left is taken over at once where its owner is known to be gone, and after a minute where nothing is known. */
export async function tortureLocks(): Promise<Tally> {
  const tally = new Tally("locks");
  const own = await thisOwner();
  const known = {
    "a reused number": JSON.stringify({ ...own, startedAt: "1" }),
    "a number of nobody": JSON.stringify({ ...own, pid: 2 ** 22 - 1, startedAt: "1" }),
  };
  const unknown = {
    empty: "",
    torn: '{"pid":1,"ho',
    NULs: "\0".repeat(64),
    "another machine": JSON.stringify({ ...own, host: "elsewhere", processes: "another boot" }),
    "another container": JSON.stringify({ ...own, pid: 1, processes: "other names" }),
    "an earlier version": '{"pid":1,"host":"elsewhere"}',
  };
  for (const [name, content] of Object.entries(known)) {
    tally.count((await asked(content, 0)) === "held" ? "right" : "failed", name);
  }
  for (const [name, content] of Object.entries(unknown)) {
    tally.count((await asked(content, 30)) === "busy" ? "told" : "failed", `${name}, fresh`);
    tally.count((await asked(content, staleSec)) === "held" ? "right" : "failed", name);
    tally.count(
      (await asked(content, -86_400)) === "held" ? "right" : "failed",
      `${name}, of tomorrow`,
    );
    const twice = await asked(content, staleSec, "");
    tally.count(twice === "held" ? "right" : "failed", `${name}, half removed`);
  }
  const alive = await asked(JSON.stringify(own), 3600);
  tally.count(alive === "busy" ? "told" : "failed", "a living owner");
  return tally;
}

/** Resolves to what comes of asking, a few times, for a lock that was left. */
async function asked(content: string, secondsAgo: number, clearing?: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "undertone-locks-"));
  const path = join(folder, "a.lock");
  const written = new Date(Date.now() - 1000 * secondsAgo);
  const left = {
    [path]: content,
    ...(clearing !== undefined && { [`${path}.clearing`]: clearing }),
  };
  try {
    for (const [each, text] of Object.entries(left)) {
      await writeFile(each, text);
      await utimes(each, written, written);
    }
    let answer = "";
    for (let attempt = 0; attempt < 3 && answer !== "held"; attempt++) {
      answer = await acquireLock(path).then(
        async (release) => {
          await release();
          return "held";
        },
        (error: unknown) => (error instanceof UndertoneError ? error.code : String(error)),
      );
    }
    return answer;
  } finally {
    await rm(folder, { recursive: true });
  }
}
