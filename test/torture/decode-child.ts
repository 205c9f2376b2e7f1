/** Reads recordings as an analysis does, and tells what came of each. */
import { readMono } from "../../src/audio/read-mono.ts";
import { bytesSource } from "../../src/audio/source.ts";
import { UndertoneError } from "../../src/shared/errors.ts";

/** What came of reading a recording. */
export interface ReadAnswer {
  readonly durationSec: number;
  /** At 16 kHz, where they were asked for. */
  readonly samples?: Float32Array | undefined;
  readonly warnings: readonly string[];
  /** Of an error; `bug` for one of the program itself. */
  readonly code?: string | undefined;
  readonly message?: string | undefined;
  /** Of the processor, where other work does not count. */
  readonly cpuSec: number;
  /** Of this process, ever. */
  readonly peakMb: number;
}

export interface ReadTask {
  readonly bytes: Uint8Array;
  readonly wantsSamples: boolean;
}

const sampleRate = 16_000;
/** Silence of a day would take minutes. */
const maxDurationSec = 1800;

async function answer({
  bytes,
  wantsSamples,
}: ReadTask): Promise<Omit<ReadAnswer, "peakMb" | "cpuSec">> {
  const reading = readMono(bytesSource(bytes), { sampleRate, maxDurationSec });
  const blocks: Float32Array[] = [];
  let count = 0;
  let failure: unknown;
  try {
    for await (const block of reading) {
      count += block.length;
      if (wantsSamples) blocks.push(block);
    }
  } catch (error) {
    failure = error;
  }
  const samples = wantsSamples ? new Float32Array(count) : undefined;
  let at = 0;
  for (const block of blocks) {
    samples?.set(block, at);
    at += block.length;
  }
  const { warnings } = reading;
  const told = { durationSec: count / sampleRate, samples, warnings };
  if (failure === undefined) return told;
  const code = failure instanceof UndertoneError ? failure.code : "bug";
  const message = failure instanceof Error ? String(failure.stack) : "no error";
  return { ...told, code, message };
}

process.on("disconnect", () => process.exit());
async function tell(task: ReadTask): Promise<void> {
  const before = process.cpuUsage();
  const told = await answer(task);
  const { user, system } = process.cpuUsage(before);
  const peakMb = process.resourceUsage().maxRSS / 1024;
  process.send!({ ...told, cpuSec: (user + system) / 1e6, peakMb });
}

process.on("message", (task: ReadTask) => void tell(task));
