import { throwIfCancelled } from "../shared/errors.ts";
import { joinTurns, type Turn } from "../shared/turns.ts";
import { findSpeakers, unit, type SpeakerCount } from "./find-speakers.ts";
import { resegment, type EmbeddedRegion, type SpeakerSpan } from "./resegment.ts";
import { speakTogether } from "./speak-together.ts";
import type { SpeakerCard } from "./speaker-card.ts";
import type { SpeakerEncoder } from "./speaker-encoder.ts";
import { SpeechWindows, type SpokenRegion } from "./speech-windows.ts";

/** What diarization needs of a speaker embedding. */
export interface SpeakerEmbedding extends Pick<SpeakerEncoder, "embed" | "close"> {
  readonly card: Pick<SpeakerCard, "sampleRate" | "apart" | "chanceSec">;
}

export interface DiarizeOptions {
  /** How many speak; by default that is found. */
  readonly speakers?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Called with the seconds of the recording that are done. */
  readonly onProgress?: ((doneSec: number) => void) | undefined;
}

/**
 * Returns who speaks when in mono blocks at 16 kHz: turns by their start, of "speaker 1" and so on in the order of their first words.
 * Where two speak at once, both have a turn. Holds two minutes of sound, and one embedding for each quarter of a second of speech.
 * @throws UndertoneError `cancelled`, and what reading the blocks throws
 */
export async function diarize(
  blocks: AsyncIterable<Float32Array> | Iterable<Float32Array>,
  encoder: Pick<SpeakerEmbedding, "embed" | "card">,
  options: DiarizeOptions = {},
): Promise<Turn[]> {
  const { apart, chanceSec } = encoder.card;
  const regions = await embedSpeech(blocks, encoder, options);
  return assignTurns(regions, { speakers: options.speakers, apart, chanceSec });
}

/** Returns the speech of a recording with the embeddings of the windows over it. @throws as `diarize` */
export async function embedSpeech(
  blocks: AsyncIterable<Float32Array> | Iterable<Float32Array>,
  encoder: Pick<SpeakerEmbedding, "embed" | "card">,
  { signal, onProgress }: Omit<DiarizeOptions, "speakers"> = {},
): Promise<EmbeddedRegion[]> {
  const { sampleRate } = encoder.card;
  const windows = new SpeechWindows(sampleRate);
  const regions: EmbeddedRegion[] = [];
  let samples = 0;
  async function embed(settled: Iterable<SpokenRegion>): Promise<void> {
    for (const { samples: spoken, startSec, endSec, windows: own } of settled) {
      throwIfCancelled(signal);
      const within = own.map((window) => ({
        startSec: window.startSec - startSec,
        endSec: window.endSec - startSec,
      }));
      const { embeddings, overlaps } = await encoder.embed(spoken, within);
      regions.push({
        startSec,
        endSec,
        windows: own.map((window, n) => ({ ...window, embedding: embeddings[n]! })),
        overlaps: overlaps.map((overlap) => ({
          startSec: startSec + overlap.startSec,
          endSec: Math.min(endSec, startSec + overlap.endSec),
        })),
      });
    }
  }
  for await (const block of blocks) {
    throwIfCancelled(signal);
    await embed(windows.push(block));
    samples += block.length;
    onProgress?.(samples / sampleRate);
  }
  await embed(windows.finish());
  return regions;
}

/** Returns the turns of regions, by clustering what they hold; two at once where they overlap. */
export function assignTurns(given: readonly EmbeddedRegion[], count: SpeakerCount): Turn[] {
  const regions = centered(given);
  const weighted = regions.map(({ startSec, endSec, windows }) =>
    windows.map(({ embedding }) => ({ embedding, sec: (endSec - startSec) / windows.length })),
  );
  if (weighted.length === 0) return [];
  let centroids = findSpeakers(weighted, count);
  for (let round = 0; round < rounds; round++) {
    centroids = recentered(regions, resegment(regions, centroids), centroids);
  }
  const turns = named(resegment(regions, centroids));
  return speakTogether(
    turns,
    regions.flatMap(({ overlaps }) => overlaps),
  );
}

/** Directions from the mean of the recording: what its speakers share, such as the microphone or their sex, says nothing of who speaks. */
function centered(regions: readonly EmbeddedRegion[]): EmbeddedRegion[] {
  const all = regions.flatMap(({ windows }) => windows);
  const mean = new Float64Array(all[0]?.embedding.length ?? 0);
  for (const { embedding } of all) {
    for (const [i, value] of embedding.entries()) mean[i]! += value / all.length;
  }
  return regions.map((region) => ({
    ...region,
    windows: region.windows.map((window) => ({
      ...window,
      embedding: unit(window.embedding.map((value, i) => value - mean[i]!)),
    })),
  }));
}

/** How often who speaks when and what speakers sound like are found from each other. */
const rounds = 5;

/** The mean direction of the windows of each speaker, by who speaks in their middle; that of before for whoever speaks in none. */
function recentered(
  regions: readonly EmbeddedRegion[],
  spans: readonly SpeakerSpan[],
  before: readonly Float32Array[],
): Float32Array[] {
  const sums = before.map((centroid) => new Float64Array(centroid.length));
  let at = 0;
  for (const { embedding, startSec, endSec } of regions.flatMap(({ windows }) => windows)) {
    const middleSec = (startSec + endSec) / 2;
    while (at + 1 < spans.length && spans[at]!.endSec <= middleSec) at++;
    const sum = sums[spans[at]!.speaker]!;
    for (const [i, value] of embedding.entries()) sum[i]! += value * (endSec - startSec);
  }
  return sums.map((sum, speaker) => (Math.hypot(...sum) === 0 ? before[speaker]! : unit(sum)));
}

/** Turns of speakers who are named in the order of their first words. */
function named(spans: readonly SpeakerSpan[]): Turn[] {
  const numbers = new Map<number, number>();
  const turns = spans.map(({ startSec, endSec, speaker }) => {
    const number = numbers.get(speaker) ?? numbers.size + 1;
    numbers.set(speaker, number);
    return { startSec, endSec, speaker: `speaker ${number}` };
  });
  return joinTurns(turns);
}
