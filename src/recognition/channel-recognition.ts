import { Resampler } from "../audio/resample.ts";
import type { HiddenLayers } from "../models/speech-encoder.ts";
import { throwIfCancelled } from "../shared/errors.ts";
import { RecordingTranscriber } from "../transcription/transcribe-recording.ts";
import { speechSampleRate, type Utterance } from "../transcription/transcript.ts";
import type { Segment, SegmentEvent } from "./analysis.ts";
import type { ChannelSpeaker } from "./channel-speakers.ts";
import { toMs } from "./places.ts";
import { PartialSegments } from "./partial-segments.ts";
import { observeUtterance, utteranceSegment, type ObservedUtterance } from "./predict-utterance.ts";
import { predictWindows } from "./predict-windows.ts";
import type { RecognitionModels, RecognizeOptions } from "./recognize.ts";
import type { Observation } from "./smoothing.ts";
import { SpeakerReference, type ReferenceUsed } from "./speaker-reference.ts";
import type { SpeakerRuns } from "./speaker-runs.ts";
import { SpeechSegmenter, type SegmentAudio } from "./speech-segments.ts";
import { Timeline } from "./timeline.ts";

/** What a channel is recognized with. */
export interface ChannelContext {
  /** Hz, of the blocks. */
  readonly sampleRate: number;
  readonly models: RecognitionModels;
  readonly options: RecognizeOptions;
  /** The channel's transcript, if known: the transcriber is not called. */
  readonly utterances: readonly Utterance[] | undefined;
}

/** Recognizes one channel of a recording, block by block: it has its own transcript, speech segments and reference. */
export class ChannelRecognition {
  /** From 1; `null` for the whole recording. */
  readonly channel: number | null;
  readonly speaker: string | null;
  readonly reference: SpeakerReference;
  /** The transcript so far. */
  readonly utterances: Utterance[];
  /** What the transcriber's encoder made of utterances that are not predicted yet. */
  readonly #layers = new Map<Utterance, HiddenLayers>();
  readonly #context: ChannelContext;
  readonly #runs: SpeakerRuns | undefined;
  readonly #recording: RecordingTranscriber | undefined;
  readonly #toVoice: Resampler;
  readonly #toSpeech: Resampler;
  readonly #segmenter: SpeechSegmenter;
  readonly #timeline: Timeline;
  readonly #partials: PartialSegments;
  /** Predicted, and not yet held against the reference. */
  #observed: (ObservedUtterance | readonly Observation[])[] = [];
  #speechSec = 0;

  constructor({ channel, speaker, runs }: ChannelSpeaker, context: ChannelContext) {
    const { models, options, utterances, sampleRate } = context;
    const { transcription, voice } = models;
    const { card } = voice;
    this.channel = channel;
    this.speaker = speaker;
    this.reference = new SpeakerReference(card, options);
    this.utterances = [...(utterances ?? [])];
    this.#context = context;
    this.#runs = runs;
    this.#recording =
      transcription && utterances === undefined
        ? new RecordingTranscriber({
            ...transcription,
            signal: options.signal,
            isLive: options.live,
            layers: this.#layers,
          })
        : undefined;
    this.#toVoice = Resampler.create(sampleRate, card.sampleRate);
    this.#toSpeech = Resampler.create(sampleRate, transcription ? speechSampleRate : sampleRate);
    this.#segmenter = new SpeechSegmenter({
      sampleRate: card.sampleRate,
      contextSec: card.windowSec,
      utterances: this.utterances,
    });
    this.#timeline = new Timeline({ card, reference: this.reference, limits: options });
    this.#partials = new PartialSegments(models, this.reference, options);
  }

  /** Seconds of the recording that came so far. */
  get receivedSec(): number {
    return this.#runs?.receivedSec ?? this.#segmenter.receivedSec;
  }

  /** The transcript so far, with whose turn it is where there are turns. */
  get ownUtterances(): Utterance[] {
    const runs = this.#runs;
    if (runs === undefined) return this.utterances;
    return this.utterances.map((utterance) => ({ ...utterance, speaker: runs.speaker }));
  }

  /** How long someone speaks so far. */
  get speechSec(): number {
    return this.#speechSec;
  }

  /** What the voice is held against so far. */
  get referenceUsed(): ReferenceUsed {
    const { source, speechSec } = this.reference.used;
    // Windows are longer than short speech.
    return source === "recording"
      ? { source, speechSec: toMs(Math.min(speechSec, this.#speechSec)) }
      : { source, speechSec };
  }

  /**
   * Takes the channel's samples of the next block [channel][sample].
   * @throws UndertoneError `cancelled`, and what the models and the transcriber throw
   */
  async push(block: readonly Float32Array[]): Promise<void> {
    const all = block[(this.channel ?? 1) - 1]!;
    const { samples, clear } = this.#runs?.push(all) ?? { samples: all, clear: all };
    const recording = this.#recording;
    if (recording) await this.#transcribe(recording.push(this.#toSpeech.push(clear)));
    this.#segmenter.push(this.#toVoice.push(samples));
    await this.#predict(this.#segmenter.advance(recording?.settledSec ?? Infinity));
  }

  /** @yields the segments that have settled, each held against the speech so far */
  *settle(): Generator<Segment> {
    this.#placeObserved();
    yield* this.#named(this.#timeline.settle(this.#segmenter.settledSec));
  }

  /** @yields segments of the last speech, which may still change */
  async *partial(): AsyncGenerator<SegmentEvent> {
    for await (const segment of this.#partials.update(this.#segmenter)) {
      yield { type: "partial", segment, reference: this.referenceUsed };
    }
  }

  /** Ends the channel. Resolves to all other segments, up to its end. */
  async finish(): Promise<Segment[]> {
    if (this.#recording) {
      await this.#transcribe(this.#recording.push(this.#toSpeech.finish()));
      await this.#transcribe(this.#recording.finish());
    }
    this.#segmenter.push(this.#toVoice.finish());
    await this.#predict(this.#segmenter.finish());
    this.#placeObserved();
    return [...this.#named(this.#timeline.finish(this.#segmenter.receivedSec))];
  }

  async #transcribe(spoken: AsyncIterable<Utterance>): Promise<void> {
    for await (const utterance of spoken) this.utterances.push(utterance);
  }

  async #predict(settled: Iterable<SegmentAudio>): Promise<void> {
    const { models, options } = this.#context;
    for (const segment of settled) {
      throwIfCancelled(options.signal);
      const { utterance } = segment;
      const prediction =
        utterance === undefined
          ? await predictWindows(segment, models.voice)
          : await observeUtterance(
              segment,
              { ...utterance, layers: this.#layers.get(utterance) },
              models,
            );
      if (utterance !== undefined) this.#layers.delete(utterance);
      this.reference.learn("voice" in prediction ? prediction.voice : prediction);
      this.#observed.push(prediction);
      this.#speechSec += segment.speechSec;
    }
  }

  #placeObserved(): void {
    const { voice } = this.#context.models;
    for (const prediction of this.#observed) {
      if ("voice" in prediction) {
        this.#timeline.add(utteranceSegment(prediction, voice, this.reference));
      } else this.#timeline.observe(this.reference.adapt(prediction));
    }
    this.#observed = [];
  }

  /** @yields the segments, those with speech named after the speaker; of a speaker's runs where they are in the recording */
  *#named(segments: Iterable<Segment>): Generator<Segment> {
    const { channel, speaker } = this;
    const runs = this.#runs;
    const placed = (sec: number): number => (runs === undefined ? sec : toMs(runs.placeOf(sec)));
    for (const segment of segments) {
      if (segment.emotion === null) yield segment;
      else {
        const [startSec, endSec] = [placed(segment.startSec), placed(segment.endSec)];
        yield { ...segment, startSec, endSec, channel, speaker };
      }
    }
  }
}
