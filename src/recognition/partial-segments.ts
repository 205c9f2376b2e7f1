import type { Utterance } from "../transcription/transcript.ts";
import { abstain, type Limits } from "./abstention.ts";
import type { ChannelModels, Segment } from "./analysis.ts";
import { observeUtterance, utteranceSegment } from "./predict-utterance.ts";
import { OpenSpeech } from "./open-speech.ts";
import type { SpeakerReference } from "./speaker-reference.ts";
import type { SpeechSegmenter } from "./speech-segments.ts";
import { voiceSegment } from "./timeline.ts";

/** Someone who paused for less may go on. */
const openSec = 2;

/** Predicts partial segments of the speech that has not ended yet. */
export class PartialSegments {
  readonly #models: ChannelModels;
  readonly #reference: SpeakerReference;
  readonly #limits: Limits;
  readonly #seen = new WeakSet<Utterance>();
  readonly #openSpeech: OpenSpeech;

  constructor(models: ChannelModels, reference: SpeakerReference, limits: Limits) {
    this.#models = models;
    this.#reference = reference;
    this.#limits = limits;
    this.#openSpeech = new OpenSpeech(models.voice);
  }

  /** @yields each new utterance once, then the speech after it while it goes on */
  async *update(segmenter: SpeechSegmenter): AsyncGenerator<Segment> {
    const { voice } = this.#models;
    const speech = segmenter.provisional();
    for (const segment of speech) {
      const { utterance } = segment;
      if (utterance === undefined || this.#seen.has(utterance)) continue;
      this.#seen.add(utterance);
      const observed = await observeUtterance(segment, utterance, this.#models);
      yield this.#abstain(utteranceSegment(observed, voice, this.#reference));
    }
    const open = speech.at(-1);
    if (open === undefined || open.utterance !== undefined) return;
    if (open.endSec < segmenter.receivedSec - openSec) return;
    const observations = this.#reference.adapt(await this.#openSpeech.observe(open));
    yield this.#abstain(voiceSegment(observations, voice.card, this.#reference));
  }

  #abstain(segment: Segment): Segment {
    return abstain(segment, { card: this.#models.voice.card, limits: this.#limits });
  }
}
