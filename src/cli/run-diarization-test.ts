import { basename } from "node:path";
import { pooledDiarizationErrorRate, type DiarizationErrors } from "../evaluation/diarization.ts";
import { openSpeakerEncoder } from "../recognition/open-speaker-encoder.node.ts";
import {
  findReferences,
  testDiarization,
  type DiarizedRecording,
} from "../runs/test-diarization.ts";
import { cancellable } from "./cancel.ts";
import { printJson } from "./output.ts";
import { createProgress } from "./progress.ts";
import { printTable } from "./table.ts";
import type { TestOptions } from "./test.ts";

/** Tests the diarization on recordings with reference RTTM files, as `undertone test --rttm` says. */
export async function runDiarizationTest(
  rttm: readonly string[],
  { speakers, json, threads }: TestOptions,
): Promise<void> {
  const progress = createProgress(process.stderr);
  const references = await findReferences(rttm);
  const results = await cancellable(async (signal) => {
    const encoder = await openSpeakerEncoder({ threads, onProgress: progress, signal });
    try {
      const done: DiarizedRecording[] = [];
      for (const reference of references) {
        done.push(await testDiarization(reference, encoder, { speakers, signal }));
        const total = references.length;
        progress({ label: "Diarizing", done: done.length, total, unit: "recordings" });
      }
      return done;
    } finally {
      await encoder.close();
    }
  });
  const all = results.map(({ errors }) => errors.all);
  const collar = results.map(({ errors }) => errors.collar);
  if (json) {
    const diarizationErrorRate = {
      all: pooledDiarizationErrorRate(all),
      collar: pooledDiarizationErrorRate(collar),
    };
    printJson({ diarizationErrorRate, recordings: results });
    return;
  }
  const rows = results.map(({ file, speakers: { reference, found }, errors }) => [
    basename(file),
    `${found} of ${reference}`,
    ...rates([errors.all]),
    ...rates([errors.collar]).slice(0, 1),
  ]);
  printTable({
    header: ["recording", "speakers", "DER %", "missed", "false alarm", "confusion", "with collar"],
    rows: [...rows, ["all", "", ...rates(all), ...rates(collar).slice(0, 1)]],
    optional: ["missed", "false alarm", "confusion"],
  });
}

/** Diarization error rate and its parts, in percent of the speech. */
function rates(errors: readonly DiarizationErrors[]): string[] {
  const share = (key: keyof DiarizationErrors): number =>
    errors.reduce((sum, each) => sum + each[key], 0);
  const parts = (["missedSec", "falseAlarmSec", "confusionSec"] as const).map(
    (key) => share(key) / share("speechSec"),
  );
  return [pooledDiarizationErrorRate(errors), ...parts].map((part) => (100 * part).toFixed(1));
}
