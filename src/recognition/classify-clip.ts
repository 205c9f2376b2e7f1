import { concatenate } from "../audio/blocks.ts";
import { resample } from "../audio/resample.ts";
import { findSpeech } from "../audio/speech-activity.ts";
import { throwIfCancelled, UndertoneError } from "../shared/errors.ts";
import { joinUtterances, RecordingTranscriber } from "../transcription/transcribe-recording.ts";
import { mainLanguage } from "../transcription/spoken-language.ts";
import { speechSampleRate, type Transcript, type Utterance } from "../transcription/transcript.ts";
import type { Segment } from "./analysis.ts";
import { observeUtterance, utteranceSegment } from "./predict-utterance.ts";
import { predictWindows } from "./predict-windows.ts";
import type { RecognitionModels, RecognizeOptions } from "./recognize.ts";
import { SpeakerReference } from "./speaker-reference.ts";
import type { SegmentAudio } from "./speech-segments.ts";
import { voiceSegment } from "./timeline.ts";

/** A clip as mono blocks. */
interface Clip {
  readonly blocks: AsyncIterable<Float32Array>;
  /** Hz */
  readonly sampleRate: number;
}

/**
 * Predicts one clip, which is held in memory, as one segment: from the first to the last speech in it, or all of it
 * where there is none.
 * @throws UndertoneError `audio-empty`, `cancelled`, and what reading the blocks and the transcriber throw
 */
export async function classifyClip(
  { blocks, sampleRate }: Clip,
  { transcription, ...models }: RecognitionModels,
  { signal, ...options }: RecognizeOptions,
): Promise<Segment> {
  const parts: Float32Array[] = [];
  for await (const block of blocks) {
    throwIfCancelled(signal);
    parts.push(block);
  }
  const samples = concatenate(parts);
  if (samples.length === 0) throw new UndertoneError("audio-empty", "The clip has no samples.");
  const { card } = models.voice;
  const segment = wholeSpeech(
    await resample(samples, sampleRate, card.sampleRate),
    card.sampleRate,
  );
  const transcript = transcription && (await transcribe());
  // One clip says too little of what its speaker's neutral speech is like.
  const reference = new SpeakerReference(card, { reference: "training", ...options });
  if (transcript) {
    const observed = await observeUtterance(segment, transcript, models);
    return utteranceSegment(observed, models.voice, reference);
  }
  const observations = reference.adapt(await predictWindows(segment, models.voice));
  return voiceSegment(observations, card, reference);

  async function transcribe(): Promise<Transcript | undefined> {
    const recording = new RecordingTranscriber({ ...transcription!, signal });
    const utterances: Utterance[] = [];
    const speech = await resample(samples, sampleRate, speechSampleRate);
    for await (const utterance of recording.push(speech)) utterances.push(utterance);
    for await (const utterance of recording.finish()) utterances.push(utterance);
    if (utterances.length === 0) return undefined;
    const language = mainLanguage(utterances);
    return { ...joinUtterances(utterances), ...(language !== null && { language }) };
  }
}

function wholeSpeech(samples: Float32Array, sampleRate: number): SegmentAudio {
  const regions = findSpeech(samples, sampleRate);
  const startSec = regions[0]?.startSec ?? 0;
  const endSec = regions.at(-1)?.endSec ?? samples.length / sampleRate;
  return { startSec, endSec, speechSec: endSec - startSec, samples, samplesStartSec: 0 };
}
