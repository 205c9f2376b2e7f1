/**
 * Measures what a second worker adds where each has a core of its own, and simulates many workers with the job times that
 * were recorded: `npx tsx studies/queue-scale/main.ts [recordings]`
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startDatabase } from "../../test/support/databases.ts";
import { measuredOn } from "../measured-section.ts";
import { measureRate, type Measured } from "./measure-rate.ts";
import { print } from "../queue-faults/workers.ts";
import { simulate } from "./simulate.ts";

const [recordings = 60] = process.argv.slice(2).map(Number);
const start = startDatabase.redis;
if (start === undefined) throw new Error("redis-server is not installed.");

const root = await mkdtemp(join(tmpdir(), "undertone-scale-"));
const server = await start();
try {
  const rounds: Record<"one" | "two", Measured>[] = [];
  for (const round of ["first", "second"]) {
    const measure = (cores: readonly string[]): Promise<Measured> => {
      const folder = join(root, `${round}-${cores.length}`);
      return measureRate({
        folder,
        queue: server.url,
        cores,
        recordings: recordings * cores.length,
      });
    };
    rounds.push({ one: await measure(["0"]), two: await measure(["0", "1"]) });
  }
  const mean = (of: (round: (typeof rounds)[number]) => number): number =>
    rounds.reduce((sum, round) => sum + of(round), 0) / rounds.length;
  const speedUp = mean(({ two }) => two.jobsPerSec) / mean(({ one }) => one.jobsPerSec);
  const efficiency = Math.min(1, speedUp / 2);
  const jobs = rounds.flatMap(({ one }) => one.jobs);
  process.stdout.write(`${measuredOn()}\n`);
  print({
    "one worker, jobs/s": mean(({ one }) => one.jobsPerSec).toFixed(2),
    "two workers, jobs/s": mean(({ two }) => two.jobsPerSec).toFixed(2),
    "share of twice one worker": (speedUp / 2).toFixed(3),
    "of each core that two workers used": mean(
      ({ two }) => (two.jobsPerSec * two.cpuSecPerJob) / 2,
    ).toFixed(3),
    "processor time of one worker, s per job": mean(({ one }) => one.cpuSecPerJob).toFixed(3),
    "processor time of two workers, s per job": mean(({ two }) => two.cpuSecPerJob).toFixed(3),
  });
  for (const workers of [1, 8, 64, 256]) {
    print(simulate({ workers, hours: 1000, jobs, efficiency, seed: 1 }));
  }
} finally {
  await server.stop();
  await rm(root, { recursive: true, force: true });
}
