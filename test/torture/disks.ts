/** Analyzes onto a slow disk, and onto one that is full at one moment or another; goes on where there is room again. */
import { spawnSync } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encodeWav } from "../../src/audio/wav.ts";
import { exitCodes } from "../../src/cli/exit-codes.ts";
import { loudnessModelFile } from "../support/loudness-model.ts";
import { synthesizeVoice } from "../support/voice.ts";
import { hasStrace, run } from "./commands.ts";
import { Tally, type TortureOptions } from "./tally.ts";

const files = 6;
const mount = (...words: readonly string[]): boolean => spawnSync("mount", words).status === 0;

/** Workers that append at once to a slow disk write whole lines, each once. */
async function slow(root: string, words: readonly string[], tally: Tally): Promise<void> {
  if (!hasStrace) return;
  const out = join(root, "slow.jsonl");
  const ended = await run([...words, "--jobs", "3", "--out", out], { isSlow: true });
  const isWhole = await holdsAll(out);
  tally.count(isWhole && ended.exitCode === 0 ? "right" : "failed", `slow: ${ended.stderr}`);
}

const isAnalysis = ({ segments }: { readonly segments?: unknown }): boolean =>
  segments !== undefined;

async function holdsAll(out: string): Promise<boolean> {
  const lines = (await readFile(out, "utf8").catch(() => "")).trimEnd().split("\n");
  if (lines.length !== files) return false;
  const results = lines.map((line) => JSON.parse(line));
  return new Set(results.map(({ file }) => file)).size === files && results.every(isAnalysis);
}

/** Nothing is tried where no disk of memory can be mounted, which needs the rights of an administrator on Linux. */
export async function tortureDisks({ size }: TortureOptions): Promise<Tally> {
  const tally = new Tally("full and slow disks");
  const root = await mkdtemp(join(tmpdir(), "undertone-disks-"));
  const disk = join(root, "disk");
  await mkdir(disk);
  await writeFile(join(root, "model.onnx"), loudnessModelFile());
  const sound = encodeWav(synthesizeVoice(1, { sampleRate: 16_000, level: 0.9 }), 16_000);
  const sounds = join(root, "sounds");
  await mkdir(sounds);
  for (let n = 0; n < files; n++) await writeFile(join(sounds, `${n}.wav`), sound);
  const out = join(disk, "results.jsonl");
  const model = ["--model", join(root, "model.onnx"), "--no-transcript"];
  const analyze = ["analyze", sounds, ...model];
  const words = [...analyze, "--jobs", "1", "--out", out];
  try {
    await slow(root, analyze, tally);
    for (let pages = 0; pages < Math.ceil(6 * size); pages++) {
      if (!mount("-t", "tmpfs", "-o", "size=32k", "tmpfs", disk)) break;
      try {
        // The rest of the disk: nothing, or a few pages, are left for the results.
        await writeFile(join(disk, "filler"), Buffer.alloc((8 - pages) * 4096)).catch(
          () => undefined,
        );
        const full = await run(words);
        await rm(join(disk, "filler"));
        mount("-o", "remount,size=4m", disk);
        const isTold = full.exitCode === 0 || full.exitCode === exitCodes["disk-full"];
        let resumed = await run([...words, "--resume"]);
        if (resumed.exitCode !== 0) resumed = await run(words);
        const isWhole = await holdsAll(out);
        const what = `${pages} pages: ${full.exitCode} ${full.stderr.slice(0, 200)}; ${resumed.exitCode} ${resumed.stderr.slice(0, 200)}`;
        tally.count(isTold && isWhole ? "told" : "failed", what);
      } finally {
        spawnSync("umount", [disk]);
      }
    }
  } finally {
    await rm(root, { recursive: true, force: true });
  }
  return tally;
}
