import { splitNotice } from "../audio/channels.ts";
import { CrossTalk } from "../audio/cross-talk.ts";
import { openFile } from "../audio/load.node.ts";
import type { SoundChoice } from "../audio/read-channels.ts";
import { readFileChannels } from "../audio/read-file.node.ts";
import type { SoundSource } from "../audio/source.ts";
import { throwIfCancelled } from "../shared/errors.ts";
import { RecordingTranscriber } from "./transcribe-recording.ts";
import {
  speechSampleRate,
  type RecordingTranscript,
  type Transcriber,
  type Utterance,
} from "./transcript.ts";
import { keepTranscript, type TranscriptStore } from "./transcript-store.ts";
import type { VoiceActivity } from "./utterances.ts";

interface TranscribeFileOptions extends SoundChoice {
  readonly transcriber: Transcriber;
  readonly voiceActivity: VoiceActivity;
  /** Where finished transcripts are kept and looked up; without it each call transcribes anew. */
  readonly cache?: TranscriptStore | undefined;
  /** Two-letter code of the language that is spoken. */
  readonly language?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Called with each utterance as it is recognized; with all at once for several channels and from the cache. */
  readonly onUtterance?: ((utterance: Utterance) => void) | undefined;
  /** Called with the seconds of the recording that are done. */
  readonly onProgress?: ((doneSec: number) => void) | undefined;
}

/**
 * Transcribes a sound file of any length and supported format, in bounded memory; channels that are speakers one by one.
 * @throws UndertoneError `file-not-found`, `file-unreadable`, `audio-*`, `cancelled`, and what the transcriber throws
 */
export async function transcribeFile(
  path: string,
  options: TranscribeFileOptions,
): Promise<RecordingTranscript> {
  const { transcriber, cache, language, signal, channels, track } = options;
  const source = await openFile(path);
  try {
    if (cache === undefined) return withNotice(await transcribeSource(source, options), options);
    const content = await cache.hash(source, signal);
    const key = { content, transcriber: transcriber.name, language, channels, track };
    const kept = await cache.find(key);
    if (kept && (kept.channels ?? 1) === (await channelCount(source, options))) {
      for (const utterance of kept.utterances) options.onUtterance?.(utterance);
      return withNotice(kept, options);
    }
    const transcript = await transcribeSource(source, options);
    const notKept = transcript.incomplete ? [] : await keepTranscript(cache, key, transcript);
    const warnings = [...transcript.warnings, ...notKept];
    return withNotice({ ...transcript, warnings }, options);
  } finally {
    await source.close();
  }
}

/** Returns a transcript that tells where nobody asked for its channels to be split. */
function withNotice(
  transcript: RecordingTranscript,
  { channels = "auto" }: SoundChoice,
): RecordingTranscript {
  if (transcript.channels === undefined || channels !== "auto") return transcript;
  return { ...transcript, warnings: [...transcript.warnings, splitNotice] };
}

/** How many channels are transcribed by themselves. */
async function channelCount(source: SoundSource, options: SoundChoice): Promise<number> {
  const reading = readFileChannels(source, { ...options, sampleRate: speechSampleRate });
  for await (const channels of reading) return channels.length;
  return 1;
}

async function transcribeSource(
  source: SoundSource,
  { onUtterance, onProgress, ...options }: TranscribeFileOptions,
): Promise<RecordingTranscript> {
  const reading = readFileChannels(source, { ...options, sampleRate: speechSampleRate });
  const crossTalk = new CrossTalk(speechSampleRate);
  const recordings: RecordingTranscriber[] = [];
  const utterances: Utterance[] = [];
  const add = async (spoken: AsyncIterable<Utterance>, channel: number | undefined) => {
    for await (const utterance of spoken) {
      utterances.push(channel === undefined ? utterance : { ...utterance, channel });
      if (channel === undefined) onUtterance?.(utterance);
    }
  };
  const channelOf = (index: number): number | undefined =>
    recordings.length > 1 ? index + 1 : undefined;
  let durationSec = 0;
  for await (const block of crossTalk.without(reading)) {
    throwIfCancelled(options.signal);
    while (recordings.length < block.length) recordings.push(new RecordingTranscriber(options));
    for (const [index, recording] of recordings.entries()) {
      await add(recording.push(block[index]!), channelOf(index));
    }
    durationSec += block[0]!.length / speechSampleRate;
    onProgress?.(durationSec);
  }
  for (const [index, recording] of recordings.entries()) {
    await add(recording.finish(), channelOf(index));
  }
  const { warnings: decoding, incomplete } = reading;
  const warnings = [...decoding, ...crossTalk.warnings];
  const whole = { durationSec, utterances, warnings, ...(incomplete && { incomplete }) };
  if (recordings.length < 2) return whole;
  utterances.sort((a, b) => a.startSec - b.startSec);
  for (const utterance of utterances) onUtterance?.(utterance);
  return { ...whole, channels: recordings.length };
}
