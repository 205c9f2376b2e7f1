import { blocksOf, concatenate } from "../audio/blocks.ts";
import { throwIfCancelled } from "../shared/errors.ts";
import { frameLength, type FrameScorer, type Silero } from "./silero.ts";
import { SpeechGate, type Span, type SpeechGateOptions } from "./speech-gate.ts";
import { speechSampleRate } from "./transcript.ts";

/** Finds where someone speaks. */
export type VoiceActivity = Pick<Silero, "listen">;

/** The sound of one utterance and where it starts in the recording. */
export interface SpokenSamples {
  readonly startSec: number;
  readonly samples: Float32Array;
}

interface UtteranceOptions extends SpeechGateOptions {
  readonly voiceActivity: VoiceActivity;
  readonly signal?: AbortSignal | undefined;
}

/** The last frames of a stream, by their number. */
class HeldFrames {
  #frames: Float32Array[] = [];
  #first = 0;

  push(frame: Float32Array): void {
    this.#frames.push(frame);
  }

  take({ startFrame, endFrame }: Span): SpokenSamples {
    const frames = this.#frames.slice(startFrame - this.#first, endFrame - this.#first);
    const startSec = (startFrame * frameLength) / speechSampleRate;
    return { startSec, samples: concatenate(frames) };
  }

  forgetBefore(frame: number): void {
    if (frame < this.#first + 64) return; // now and then is enough
    this.#frames = this.#frames.slice(frame - this.#first);
    this.#first = frame;
  }
}

/**
 * Cuts a recording, mono at 16 kHz in blocks of any length, into its utterances; holds no more of it
 * than the longest of them.
 * @yields in order, not overlapping
 * @throws UndertoneError `cancelled`, or what reading the blocks throws
 */
export async function* findUtterances(
  blocks: AsyncIterable<Float32Array> | Iterable<Float32Array>,
  { voiceActivity, signal, ...limits }: UtteranceOptions,
): AsyncGenerator<SpokenSamples> {
  const scorer: FrameScorer = voiceActivity.listen();
  const gate = new SpeechGate(limits);
  const held = new HeldFrames();
  for await (const frame of blocksOf(streamOf(blocks), frameLength)) {
    throwIfCancelled(signal);
    held.push(frame);
    const span = gate.push(await scorer.score(wholeFrame(frame)));
    if (span) yield held.take(span);
    held.forgetBefore(gate.keepFrom);
  }
  const last = gate.finish();
  if (last) yield held.take(last);
}

/** @yields the blocks as they are */
async function* streamOf(
  blocks: AsyncIterable<Float32Array> | Iterable<Float32Array>,
): AsyncGenerator<Float32Array> {
  yield* blocks;
}

function wholeFrame(samples: Float32Array): Float32Array {
  if (samples.length === frameLength) return samples;
  const frame = new Float32Array(frameLength);
  frame.set(samples);
  return frame;
}
