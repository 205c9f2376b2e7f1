/**
 * Kills workers and the database of a queue at random, and compares the results with those of `undertone analyze`:
 * `npx tsx studies/queue-faults/main.ts redis|postgres [recordings] [kills] [crashes] [seed]`
 */
import type { ChildProcess } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import { openQueue } from "../../src/jobs/job-queue.ts";
import { finishedJobs } from "../../src/recognition/batch-folder.node.ts";
import { Random } from "../../src/shared/random.ts";
import { startDatabase } from "../../test/support/databases.ts";
import {
  analyzeAlone,
  collect,
  kill,
  print,
  startWorker,
  submit,
  writeRecordings,
} from "./workers.ts";

const [kind = "redis", ...numbers] = process.argv.slice(2);
const [recordings = 2000, kills = 20, crashes = 3, seed = 1] = numbers.map(Number);
const start = startDatabase[kind === "postgres" ? "postgres" : "redis"];
if (start === undefined) throw new Error(`${kind} is not installed.`);

const root = await mkdtemp(join(tmpdir(), "undertone-faults-"));
const random = new Random(seed, "faults");
const server = await start();
const queue = server.url;
const words = ["--lease", "2"];
try {
  const folder = join(root, "recordings");
  await writeRecordings(
    folder,
    Array.from({ length: recordings }, () => 0.5),
    seed,
  );

  const expected = await analyzeAlone(folder, join(root, "alone.jsonl"));

  const out = join(root, "disturbed");
  await submit(folder, out, queue);
  const workers = [startWorker({ queue, words }), startWorker({ queue, words })];
  let ended = 0;
  let killed = 0;
  for (const [n, at] of faultTimes().entries()) {
    await progress(out, at, workers);
    if (n % Math.ceil((kills + crashes) / crashes) === 1) {
      // The second is told to end, and tells its clients.
      const signal = ++ended % 2 === 0 ? "SIGINT" : "SIGKILL";
      print({ done: at, killed: "database", signal });
      await server.crash(signal);
    } else {
      const victim = random.integer(workers.length);
      print({ done: at, killed: `worker ${victim + 1}` });
      await kill(workers[victim]!);
      killed++;
      workers[victim] = startWorker({ queue, words });
    }
  }
  await allDone(out, workers);
  const { files, lines } = await collect(out);
  const isSame = isDeepStrictEqual(lines, expected);
  const client = await openQueue(queue);
  const { waiting, running, failed } = await client.counts();
  await client.close();
  print({
    database: kind,
    recordings,
    "workers killed": killed,
    "database ended": ended,
    lost: recordings - new Set(files).size,
    doubled: files.length - new Set(files).size,
    "same bits": isSame,
    "left in the queue": waiting + running,
    failed,
  });
  process.exitCode = isSame && failed === 0 ? 0 : 1;
} finally {
  await server.stop();
  await rm(root, { recursive: true, force: true });
}

/** After how many results each fault comes, spread over the run. */
function faultTimes(): number[] {
  const count = kills + crashes;
  const last = Math.floor(recordings * 0.95);
  return Array.from({ length: count }, () => random.integer(last)).toSorted((a, b) => a - b);
}

/** Waits for so many results. @throws Error where a worker ends by itself */
async function progress(
  out: string,
  least: number,
  workers: readonly ChildProcess[],
): Promise<void> {
  while ((await finishedJobs(out)).size < least) {
    const ended = workers.find(({ exitCode }) => exitCode !== null);
    if (ended) throw new Error(`A worker ended with exit code ${ended.exitCode}.`);
    await sleep(50);
  }
}

async function allDone(out: string, workers: readonly ChildProcess[]): Promise<void> {
  await progress(out, recordings, workers);
  const client = await openQueue(queue);
  for (let counts = await client.counts(); counts.running > 0; counts = await client.counts()) {
    await sleep(500);
  }
  await client.close();
  for (const worker of workers) await kill(worker);
}
