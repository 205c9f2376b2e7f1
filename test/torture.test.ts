/** The attacks of `npm run torture` that take a second. */
import { expect, test } from "vitest";
import { tortureDamage } from "./torture/damage.ts";
import { tortureLocks } from "./torture/locks.ts";

test("locks that were left by crashes, full disks and other machines block nobody for ever", async () => {
  const { failures, right } = await tortureLocks();
  expect(failures).toEqual([]);
  expect(right).toBeGreaterThan(10);
});

test("cut and damaged recordings of each codec: no lost time is untold", async () => {
  const tallies = await tortureDamage({ seed: 1, size: 0.02 });
  expect(tallies.flatMap(({ failures }) => failures)).toEqual([]);
  expect(tallies.map(({ tried }) => tried)).toEqual(Array(7).fill(4));
});
