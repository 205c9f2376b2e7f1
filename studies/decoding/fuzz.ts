/**
 * Damages recordings at random and decodes them: each must be right, told or refused, within 20 s and 1 GB.
 * What was found: studies/decoding/README.md.
 * @example npx tsx studies/decoding/fuzz.ts test/fixtures/audio 200
 */
import { fork, type ChildProcess } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { decodeAudio, type DecodedAudio } from "../../src/audio/decode.ts";
import type { Decoded } from "./fuzz-worker.ts";
import { Random } from "../../src/shared/random.ts";

const limits = { sec: 20, bytes: 2 ** 30 };
const [folder = "test/fixtures/audio", rounds = "100", seed = "1"] = process.argv.slice(2);

type Verdict = "right" | "told" | "refused" | "changed" | "crashed" | "too slow" | "too large";

interface Answer {
  readonly verdict: Verdict;
  readonly detail: string;
}

/** Changes some bytes: bits flipped, a part cut out, the end cut off, or a part of zeros or noise. */
function damage(bytes: Uint8Array, random: Random): Uint8Array {
  const copy = bytes.slice();
  const place = (): number => Math.floor(random.uniform() * copy.length);
  const kind = Math.floor(random.uniform() * 5);
  if (kind === 0) return copy.subarray(0, place());
  if (kind === 1) {
    const at = place();
    const from = Math.min(copy.length, at + Math.floor(random.uniform() * 4096));
    return copy.copyWithin(at, from).subarray(0, copy.length - (from - at));
  }
  if (kind === 2) return copy.fill(0, place(), place());
  if (kind === 3) {
    const at = place();
    for (let n = at; n < Math.min(copy.length, at + 500); n++) copy[n] = random.uniform() * 256;
    return copy;
  }
  const flips = 1 + Math.floor(random.uniform() * 20);
  // Half of them in the headers, where they do most.
  for (let n = 0; n < flips; n++) {
    const at = random.uniform() < 0.5 ? place() : Math.floor(random.uniform() * 200) % copy.length;
    copy[at]! ^= 1 << Math.floor(random.uniform() * 8);
  }
  return copy;
}

let child: ChildProcess | undefined;

/** Decodes in a process of its own, which is ended when it takes too long. */
async function decode(bytes: Uint8Array, clean: DecodedAudio): Promise<Answer> {
  child ??= fork(new URL("./fuzz-worker.ts", import.meta.url), { serialization: "advanced" });
  const busy = child;
  const answer = await new Promise<Decoded | "too slow" | "crashed">((resolve) => {
    busy.once("message", (message: Decoded) => resolve(message));
    busy.once("exit", () => resolve("crashed"));
    busy.send(bytes);
    setTimeout(() => resolve("too slow"), limits.sec * 1000).unref();
  });
  busy.removeAllListeners();
  const isOver = typeof answer === "string" || answer.memoryBytes > limits.bytes;
  if (isOver) {
    busy.kill("SIGKILL");
    child = undefined;
  }
  if (typeof answer === "string") return { verdict: answer, detail: "" };
  return isOver ? { verdict: "too large", detail: "" } : verdictOf(answer, clean);
}

function verdictOf({ audio, code, message = "" }: Decoded, clean: DecodedAudio): Answer {
  if (!audio) {
    return code ? { verdict: "refused", detail: code } : { verdict: "crashed", detail: message };
  }
  if (audio.warnings.length > 0) return { verdict: "told", detail: audio.warnings.join(" ") };
  const [length, expected] = [audio, clean].map((a) => a.channels[0]!.length / a.sampleRate);
  const likeness = correlation(audio, clean);
  const isSame = Math.abs(length! - expected!) < 0.1 && likeness > 0.9;
  return { verdict: isSame ? "right" : "changed", detail: `${length} s, r ${likeness.toFixed(2)}` };
}

function correlation({ channels: [a] }: DecodedAudio, { channels: [b] }: DecodedAudio): number {
  let [product, ofA, ofB] = [0, 1e-9, 1e-9];
  for (let n = 0; n < Math.min(a!.length, b!.length); n++) {
    product += a![n]! * b![n]!;
    ofA += a![n]! ** 2;
    ofB += b![n]! ** 2;
  }
  return product / Math.sqrt(ofA * ofB);
}

const random = new Random(Number(seed), "fuzz");
const totals = new Map<string, Map<Verdict, number>>();
for (const name of readdirSync(folder)) {
  const bytes = new Uint8Array(readFileSync(join(folder, name)));
  const clean = await decodeAudio(bytes).catch(() => undefined);
  if (!clean) continue;
  const counts = new Map<Verdict, number>();
  for (let round = 0; round < Number(rounds); round++) {
    const { verdict, detail } = await decode(damage(bytes, random), clean);
    counts.set(verdict, (counts.get(verdict) ?? 0) + 1);
    const isBad = !["right", "told", "refused"].includes(verdict);
    if (isBad) process.stdout.write(`  ${name} round ${round}: ${verdict}, ${detail}\n`);
  }
  totals.set(name, counts);
  process.stdout.write(`${name} ${JSON.stringify(Object.fromEntries(counts))}\n`);
}
child?.kill();
