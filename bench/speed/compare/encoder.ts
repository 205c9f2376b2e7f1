import { join } from "node:path";
import { UndertoneError } from "../../../src/shared/errors.ts";
import {
  checkEncoder,
  disagreement,
  writeEncoderTask,
  type Agreement,
} from "../../peers/encoder-task.ts";
import { runTorch } from "../../peers/run-peer.ts";
import { measure } from "../measure.ts";
import { ratiosOf, recorder, type PeerRow, type Ratio } from "../ratios.ts";
import { fastest, type Comparison } from "../rounds.ts";
import { encoderSetting, readEncoder } from "../subjects/encoder.ts";
import { featureClipSec, cutClips } from "../subjects/encoder-recordings.ts";

/** `rate` is in clips per second; `file` is inference through the file as it was published. */
export interface EncoderRow extends PeerRow {
  readonly task: "training" | "inference" | "file" | "features";
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
  readonly agreement: Agreement | null;
  /** The fastest round of each. */
  readonly rows: readonly EncoderRow[];
  readonly ratios: readonly Ratio[];
}

interface EncoderComparison extends Comparison<EncoderSection | null> {
  readonly warnings: readonly string[];
}

/** Folder of PyTorch's inputs, and how far its network is from the published one. */
interface Peer {
  readonly task?: string;
  readonly agreement?: Agreement;
  readonly warnings: readonly string[];
}

/**
 * Undertone, then PyTorch, for each number of threads in turn; nothing where the encoder is not in the model store.
 * Writes into `folder` the clips cut from the recording `speech` and the inputs of PyTorch's network.
 */
export async function compareEncoder(folder: string, speech: string): Promise<EncoderComparison> {
  const bytes = await readEncoder().catch((error: unknown) => {
    if (!(error instanceof UndertoneError) || error.code !== "file-not-found") throw error;
    return error.message;
  });
  if (typeof bytes === "string") {
    const warnings = [`The pretrained encoder was not measured: ${bytes}`];
    return { warnings, round: () => Promise.resolve([]), section: () => null };
  }
  const recordings = await cutClips(folder, speech);
  const peer = await checkPeer(join(folder, "encoder"), bytes);
  const rows: EncoderRow[] = [];
  return {
    warnings: peer.warnings,
    round: async (options) => {
      const { seconds, threads: counts } = options;
      const warnings: string[] = [];
      const add = recorder("encoder", rows, options);
      for (const threads of counts) {
        const each = { threads, seconds };
        const ours = { implementation: "Undertone", threads };
        add({ task: "training", ...ours, ...(await measure("encoderTraining", each)) });
        add({ task: "inference", ...ours, ...(await measure("encoderInference", each)) });
        add({ task: "file", ...ours, ...(await measure("encoderFile", each)) });
        const features = await measure("encoderFeatures", { ...each, recordings });
        add({ task: "features", ...ours, ...features });
        if (peer.task === undefined) continue;
        const script = ["encoder.py", peer.task];
        const theirs = await runTorch(script, { secondsEach: seconds, threads: [threads] });
        warnings.push(...theirs.warnings);
        for (const row of theirs.records) add(row);
      }
      return warnings;
    },
    section: () => {
      const best = fastest(rows, ({ task, variant, threads }) => [task, variant, threads]);
      const { agreement = null } = peer;
      return { ...encoderSetting, featureClipSec, agreement, rows: best, ratios: ratiosOf(best) };
    },
  };
}

/** Tests in the folder `task` that PyTorch's network is the published one. */
async function checkPeer(task: string, bytes: Uint8Array): Promise<Peer> {
  await writeEncoderTask(task, bytes);
  const { records, warnings } = await checkEncoder(task);
  const [agreement] = records;
  if (agreement === undefined) return { warnings };
  const difference = disagreement(agreement);
  return difference === undefined
    ? { task, agreement, warnings }
    : { warnings: [...warnings, difference] };
}
