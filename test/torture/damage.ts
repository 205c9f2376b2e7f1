/** Cuts and damages recordings of each codec: lost time is told, and nothing hangs, crashes or takes much memory. */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { readAdtsHeader } from "../../src/audio/containers/adts.ts";
import { Random } from "../../src/shared/random.ts";
import type { ReadAnswer } from "./decode-child.ts";
import { ReaderApart } from "./read-apart.ts";
import { Tally, type TortureOptions } from "./tally.ts";

const folder = resolve(import.meta.dirname, "../fixtures/recognition");
const files = ["aac", "mp3", "ogg", "opus", "webm", "flac", "m4a"] as const;
const limits = { waitSec: 600, cpuSec: 30, mb: 600, lostSec: 0.03 };

interface Damage {
  readonly name: string;
  readonly bytes: Uint8Array;
}

function cut(bytes: Uint8Array, random: Random): Damage {
  const at = Math.floor(random.uniform() * bytes.length);
  return { name: `cut at ${at}`, bytes: bytes.slice(0, at) };
}

/** Bits flipped, a part of zeros or noise, or a part left out. */
function damage(bytes: Uint8Array, random: Random): Damage {
  const copy = bytes.slice();
  const place = (): number => Math.floor(random.uniform() * copy.length);
  const kind = Math.floor(random.uniform() * 4);
  const at = place();
  const end = Math.min(copy.length, at + 1 + Math.floor(random.uniform() * 2000));
  if (kind === 0) {
    const places = Array.from({ length: 1 + Math.floor(random.uniform() * 5) }, place);
    for (const each of places) copy[each]! ^= 1 << Math.floor(random.uniform() * 8);
    return { name: `bits at ${places.join(" ")}`, bytes: copy };
  }
  if (kind === 1) return { name: `zeros at ${at} to ${end}`, bytes: copy.fill(0, at, end) };
  if (kind === 2) {
    for (let n = at; n < end; n++) copy[n] = random.uniform() * 256;
    return { name: `noise at ${at} to ${end}`, bytes: copy };
  }
  const rest = copy.copyWithin(at, end).slice(0, copy.length - (end - at));
  return { name: `without ${at} to ${end}`, bytes: rest };
}

/** Frames of AAC one behind another have no length: what ends behind one of them may be all there was. */
function endsBehindFrame(bytes: Uint8Array): boolean {
  let at = 0;
  for (let header = readAdtsHeader(bytes, at); header; header = readAdtsHeader(bytes, at)) {
    at += header.sizeBytes;
  }
  return at === bytes.length;
}

/** Of what has no checksum sound may change unseen, but not its length or time. */
export async function tortureDamage({ seed, size }: TortureOptions): Promise<Tally[]> {
  const tallies: Tally[] = [];
  const reader = new ReaderApart();
  for (const ending of files) {
    const tally = new Tally(`cuts and damage, ${ending}`);
    tallies.push(tally);
    const bytes = new Uint8Array(readFileSync(resolve(folder, `voice.${ending}`)));
    const clean = await reader.read({ bytes, wantsSamples: false }, limits.waitSec);
    if (typeof clean === "string") throw new Error(`voice.${ending}: ${clean}`);
    const random = new Random(seed, "damage", ending);
    for (const change of [cut, damage]) {
      for (let n = 0; n < Math.ceil(100 * size); n++) {
        const changed = change(bytes, random);
        const task = { bytes: changed.bytes, wantsSamples: false };
        const answer = await reader.read(task, limits.waitSec);
        const problem = problemOf(answer, clean.durationSec);
        const isLost = problem !== undefined && !(ending === "aac" && endsBehindFrame(task.bytes));
        const isTold =
          typeof answer !== "string" && (answer.code !== undefined || answer.warnings.length > 0);
        tally.count(isLost ? "failed" : isTold ? "told" : "right", `${changed.name}: ${problem}`);
      }
    }
  }
  reader.stop();
  return tallies;
}

function problemOf(
  answer: ReadAnswer | "crashed" | "too slow",
  cleanSec: number,
): string | undefined {
  if (typeof answer === "string") return answer;
  const { code, message, warnings, durationSec, cpuSec, peakMb } = answer;
  if (code === "bug") return message;
  if (peakMb > limits.mb) return `${peakMb} MB`;
  if (cpuSec > limits.cpuSec) return `${cpuSec} s of work`;
  const lostSec = Math.abs(durationSec - cleanSec);
  const isTold = code !== undefined || warnings.length > 0;
  return isTold || lostSec <= limits.lostSec ? undefined : `${lostSec} s are lost, untold`;
}
