import { readFile, writeFile } from "node:fs/promises";
import type { Clip } from "../../src/datasets/manifest.ts";
import type { VoiceStatistics } from "../../src/diarization/voice-statistics.ts";
import { wholeWindow, windowsOf, type SpeakerWindow } from "./windows.ts";

/** Statistics [rows][columns] of windows, in their order. */
export interface Features {
  readonly rows: readonly Float32Array[];
  readonly windows: readonly Omit<SpeakerWindow, "samples">[];
}

interface FeatureOptions {
  readonly statistics: VoiceStatistics;
  /** Where they are kept, without its ending; by default nowhere. */
  readonly file?: string | undefined;
}

/** Returns the statistics of all windows of clips, those that were kept if there are any. */
export async function readFeatures(
  clips: readonly Clip[],
  { statistics, file }: FeatureOptions,
): Promise<Features> {
  const kept = file === undefined ? undefined : await readKept(file);
  if (kept) return kept;
  const rows: Float32Array[] = [];
  const windows: Omit<SpeakerWindow, "samples">[] = [];
  for (const [index, clip] of clips.entries()) {
    for (const { samples, ...window } of await windowsOf(clip)) {
      rows.push(...(await statistics.of(samples, [wholeWindow])));
      windows.push(window);
    }
    if (index % 100 === 99) process.stderr.write(`${index + 1} of ${clips.length} clips\n`);
  }
  if (file !== undefined) {
    await writeFile(`${file}.json`, JSON.stringify(windows));
    await writeFile(`${file}.bin`, Buffer.concat(rows.map((row) => new Uint8Array(row.buffer))));
  }
  return { rows, windows };
}

async function readKept(file: string): Promise<Features | undefined> {
  try {
    const windows: Features["windows"] = JSON.parse(await readFile(`${file}.json`, "utf8"));
    const { buffer } = new Uint8Array(await readFile(`${file}.bin`));
    const values = new Float32Array(buffer);
    const columns = values.length / windows.length;
    return {
      windows,
      rows: windows.map((_, row) => values.subarray(row * columns, (row + 1) * columns)),
    };
  } catch {
    return undefined;
  }
}
