/**
 * Attacks the product: bombs, damaged recordings, kills, locks, full disks, and what is made to harm. Prints what was tried.
 * @example npm run torture -- --seed 2 --size 0.1 --only damage
 */
import { parseArgs } from "node:util";
import { tortureBombs } from "./bombs.ts";
import { tortureDamage } from "./damage.ts";
import { tortureDisks } from "./disks.ts";
import { tortureHostile } from "./hostile.ts";
import { tortureKills } from "./kills.ts";
import { tortureLocks } from "./locks.ts";
import { tortureMemory } from "./memory.ts";
import { tableOf, type Tally, type TortureOptions } from "./tally.ts";

const parts: Readonly<Record<string, (options: TortureOptions) => Promise<Tally | Tally[]>>> = {
  locks: tortureLocks,
  bombs: tortureBombs,
  damage: tortureDamage,
  hostile: tortureHostile,
  disks: tortureDisks,
  kills: tortureKills,
  memory: tortureMemory,
};

const { values } = parseArgs({
  options: {
    seed: { type: "string", default: "1" },
    /** 1 takes minutes. */
    size: { type: "string", default: "1" },
    only: { type: "string" },
  },
});
const options = { seed: Number(values.seed), size: Number(values.size) };
const tallies: Tally[] = [];
for (const [name, part] of Object.entries(parts)) {
  if (values.only !== undefined && !values.only.split(",").includes(name)) continue;
  process.stderr.write(`${name} …\n`);
  tallies.push(...[await part(options)].flat());
}
process.stdout.write(tableOf(tallies));
process.exitCode = tallies.some(({ failures }) => failures.length > 0) ? 1 : 0;
