import { join } from "node:path";
import { UndertoneError } from "../src/shared/errors.ts";
import { encoderSetting, readEncoder } from "./encoder.ts";
import { disagreement, writeEncoderTask } from "./encoder-agreement.ts";
import { prepareRecordings, featureClipSec } from "./encoder-recordings.ts";
import { measure } from "./own-process.ts";
import {
  checkEncoderPeer,
  runEncoderPeer,
  type AgreementRecord,
} from "./peers/run-encoder-peer.ts";
import { ratiosOf, type PeerRow, type Ratio } from "./ratios.ts";
import { counted, fastest, type Round, type RoundOptions } from "./rounds.ts";

/** `rate` is in clips per second; `file` is inference through the file as it was published. */
export interface EncoderRow extends PeerRow {
  readonly task: "training" | "inference" | "file" | "features";
}

/** What the rounds are measured on. */
export interface EncoderMaterial {
  /** None where the encoder is not in the model store. */
  readonly recordings: readonly string[];
  /** Folder of what PyTorch is given; none where PyTorch is missing or its network is another one. */
  readonly task?: string;
  readonly agreement?: AgreementRecord;
  readonly warnings: readonly string[];
}

export interface EncoderSection {
  readonly encoder: string;
  /** Of a training step. */
  readonly batchSize: number;
  /** Of training and inference. */
  readonly clipSec: number;
  /** Of the recordings whose layers are extracted. */
  readonly featureClipSec: number;
  /** Largest differences between both networks, as a share of the values; null without PyTorch. */
  readonly agreement: AgreementRecord | null;
  /** The fastest round of each. */
  readonly rows: readonly EncoderRow[];
  readonly ratios: readonly Ratio[];
}

/** Proves in `folder` that PyTorch's network is the published one, and cuts the recording `speech` into clips. */
export async function prepareEncoder(folder: string, speech: string): Promise<EncoderMaterial> {
  const bytes = await readEncoder().catch((error: unknown) => {
    if (!(error instanceof UndertoneError) || error.code !== "file-not-found") throw error;
    return error.message;
  });
  if (typeof bytes === "string")
    return { recordings: [], warnings: [`The pretrained encoder was not measured: ${bytes}`] };
  const recordings = await prepareRecordings(folder, speech);
  const task = join(folder, "encoder");
  await writeEncoderTask(task, bytes);
  const { records, warnings } = await checkEncoderPeer(task);
  const [agreement] = records;
  if (agreement === undefined) return { recordings, warnings };
  const refusal = disagreement(agreement);
  return refusal === undefined
    ? { recordings, task, agreement, warnings }
    : { recordings, warnings: [...warnings, refusal] };
}

/** Ours, then PyTorch's, for each number of threads in turn. */
export async function encoderRound(
  { recordings, task: folder }: EncoderMaterial,
  { seconds, threads: counts, report }: RoundOptions,
): Promise<Round<EncoderRow>> {
  const rows: EncoderRow[] = [];
  const warnings: string[] = [];
  if (recordings.length === 0) return { rows, warnings };
  const add = (row: EncoderRow): void => {
    rows.push(row);
    const { task, threads, implementation, variant = "", rate } = row;
    report(
      `encoder ${task}, ${counted(threads)}, ${implementation} ${variant}: ${rate.toFixed(2)}`,
    );
  };
  for (const threads of counts) {
    const each = { threads, seconds };
    const ours = { implementation: "Undertone", threads };
    add({ task: "training", ...ours, ...(await measure("encoderTraining", each)) });
    add({ task: "inference", ...ours, ...(await measure("encoderInference", each)) });
    add({ task: "file", ...ours, ...(await measure("encoderFile", each)) });
    const features = await measure("encoderFeatures", { ...each, recordings });
    add({ task: "features", ...ours, ...features });
    if (folder === undefined) continue;
    const peer = await runEncoderPeer(folder, { secondsEach: seconds, threads: [threads] });
    warnings.push(...peer.warnings);
    for (const { torch, task, variant, clipsPerSec: rate, peakMemoryMb, error } of peer.records) {
      const implementation = `PyTorch ${torch}`;
      if (rate === undefined || peakMemoryMb === undefined)
        warnings.push(`${implementation} failed in the encoder's ${task}, ${variant}: ${error}`);
      else add({ task, implementation, variant, threads, rate, peakMemoryMb });
    }
  }
  return { rows, warnings };
}

/** The fastest rounds and the ratios; null where the encoder is not in the model store. */
export function encoderSection(
  { recordings, agreement }: EncoderMaterial,
  measured: readonly EncoderRow[],
): EncoderSection | null {
  if (recordings.length === 0) return null;
  const rows = fastest(measured, ({ task, variant, threads }) => [task, variant, threads]);
  return {
    ...encoderSetting,
    featureClipSec,
    agreement: agreement ?? null,
    rows,
    ratios: ratiosOf(rows),
  };
}
