import { resolve } from "node:path";
import {
  readBatch,
  readBatchFiles,
  readOutcome,
  type BatchFile,
} from "../recognition/batch-folder.node.ts";
import type { FileResult, Outcome } from "../recognition/file-result.node.ts";
import { UndertoneError } from "../shared/errors.ts";
import { withLock } from "../shared/lock.node.ts";
import { createParquet } from "./analysis-parquet.ts";
import { assertNewFile, formatOfFile } from "./out-file.ts";
import { counted } from "./output.ts";
import { createPrinter, extensionsOfMany } from "./print-analysis.ts";
import { fileSink } from "./sink.ts";

interface CollectOptions {
  readonly out: string;
  readonly partial?: true | undefined;
}

/**
 * Writes the results of a batch into one file, in the order of its recordings.
 * @throws UndertoneError `busy` where results are missing and that was not asked for, `some-failed` at the end
 */
export async function collectBatch(given: string, { out, partial }: CollectOptions): Promise<void> {
  const format = formatOfFile(out, extensionsOfMany);
  const folder = resolve(given);
  const { settings, labels } = await readBatch(folder);
  const files = await readBatchFiles(folder);
  let missing = 0;
  let failed = 0;
  await withLock(`${resolve(out)}.lock`, async () => {
    await assertNewFile(out);
    const printer =
      format === "parquet"
        ? createParquet({ out, labels, settings })
        : createPrinter(format, { sink: fileSink(out), bom: false });
    for (const listed of files) {
      const outcome = await outcomeOf(folder, listed);
      if (outcome === undefined) {
        missing++;
        continue;
      }
      if ("error" in outcome) failed++;
      const { job: _, error: __, ...file } = listed;
      await printer.print({ ...file, settings, ...outcome } satisfies FileResult);
    }
    if (missing > 0 && !partial) {
      throw new UndertoneError(
        "busy",
        `${missing} of ${counted(files.length, "recording")} are not done. Wait for them, or add --partial.`,
      );
    }
    await printer.end({ isComplete: true, ignored: {} });
  });
  if (missing > 0) console.log(`Not done yet: ${missing} of ${files.length}.`);
  if (failed === 0) return;
  const message = `${failed} of ${counted(files.length, "recording")} could not be analyzed.`;
  throw new UndertoneError("some-failed", message);
}

async function outcomeOf(folder: string, { job, error }: BatchFile): Promise<Outcome | undefined> {
  if (error !== undefined) return { error };
  return job === null ? undefined : readOutcome(folder, job);
}
