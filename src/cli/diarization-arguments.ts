import { UndertoneError } from "../shared/errors.ts";
import { hashFile, readText } from "../shared/files.node.ts";
import { parseRttm } from "../shared/rttm.ts";
import type { Turn } from "../shared/turns.ts";
import type { RecognitionChoice } from "./recognition-options.ts";

/** Whether speakers of one channel are told apart. */
export const isDiarized = ({ diarize, rttm }: RecognitionChoice): boolean =>
  diarize === true || rttm !== undefined;

/** @throws UndertoneError `usage` for options that contradict each other */
export function assertDiarization(options: RecognitionChoice): void {
  const { diarize, speakers, rttm, channels } = options;
  if (diarize && rttm !== undefined) {
    throw usage("--diarize and --rttm contradict each other: leave one out.");
  }
  if (speakers !== undefined && !diarize) {
    throw usage("--speakers says how many are told apart: use it with --diarize.");
  }
  if (isDiarized(options) && channels === "split") {
    throw usage(
      "--channels split has a speaker in each channel: leave it out, or --diarize and --rttm.",
    );
  }
}

/** The turns of an RTTM file, by recording. */
export async function readTurns(path: string): Promise<Readonly<Record<string, readonly Turn[]>>> {
  return Object.fromEntries(parseRttm(await readText(path), path));
}

/** How speakers of one channel are told apart, in a word. */
export async function diarizationOf({
  diarize,
  speakers,
  rttm,
}: RecognitionChoice): Promise<string | null> {
  if (rttm !== undefined) return `rttm ${(await hashFile(rttm)).slice(0, 12)}`;
  return diarize ? `diarize ${speakers ?? "auto"}` : null;
}

const usage = (message: string): UndertoneError => new UndertoneError("usage", message);
