import { toMono } from "../../audio/mix.ts";
import { readChannels } from "../../audio/read-channels.ts";
import { loadModel, loadTextModel } from "../../models/load-model.ts";
import {
  openSpectrogramAttribution,
  type SpectrogramAttribution,
} from "../../models/spectrogram-attribution.ts";
import type { EmotionModel, LoadedTextModel } from "../../models/load-model.ts";
import type { Runtime } from "../../graph/session.ts";
import type { Closable } from "../../shared/closing.ts";
import { UndertoneError } from "../../shared/errors.ts";
import { shippedTextModel } from "../../shared/shipped-models.ts";
import type { Segment } from "../../web/index.ts";
import { encoderOpener, fetchModel, type ModelOptions } from "../../web/models.ts";
import type { SegmentAudio } from "../../recognition/speech-segments.ts";
import { explainByGradients, explainBySilence, type Wanted } from "./explain-voice.ts";
import { explainWords } from "./explain-words.ts";
import type { Explanation, OnStep } from "./explanation.ts";

type VoiceModel = ({ readonly by: "gradients" } & SpectrogramAttribution) | PlainModel;
type PlainModel = { readonly by: "silence" } & EmotionModel;

interface Explained {
  readonly file: Blob;
  readonly segment: Segment;
}

/** Says what moved the answers of the models that are loaded; opens them for that when it is first asked. */
export class Explainer implements Closable {
  readonly #runtime: Runtime;
  readonly #options: ModelOptions;
  readonly #model: string;
  #voice: Promise<VoiceModel> | undefined;
  #text: Promise<LoadedTextModel> | undefined;
  /** Which question is the last one: those before are not answered. */
  #asked = 0;
  #before: Promise<unknown> = Promise.resolve();

  constructor(model: string, runtime: Runtime, options: ModelOptions) {
    this.#model = model;
    this.#runtime = runtime;
    this.#options = options;
  }

  /**
   * Explains one segment.
   * @throws UndertoneError `cancelled` once another one is asked for, and what reading file and models throws
   */
  async explain({ file, segment }: Explained, onStep: OnStep): Promise<Explanation> {
    const question = ++this.#asked;
    const checked: OnStep = (done, total) => {
      if (question !== this.#asked) throw new UndertoneError("cancelled", "Another one is asked.");
      onStep(done, total);
    };
    const answer = this.#before
      .catch(() => undefined)
      .then(() => this.#explain(file, segment, checked));
    this.#before = answer;
    return answer;
  }

  async close(): Promise<void> {
    this.#asked++;
    await this.#before.catch(() => undefined);
    const opened = await Promise.allSettled([this.#voice, this.#text]);
    for (const each of opened) if (each.status === "fulfilled") await each.value?.close();
  }

  async #explain(file: Blob, segment: Segment, onStep: OnStep): Promise<Explanation> {
    onStep(0, 1);
    this.#voice ??= this.#openVoice();
    const model = await this.#voice;
    const sound = await soundOf(file, segment, model.card);
    const wanted: Wanted = { emotion: segment.emotion!, onStep };
    const voice =
      model.by === "gradients"
        ? await explainByGradients(sound, model, wanted)
        : await explainBySilence(sound, model, wanted);
    return { voice, words: await this.#wordsOf(segment) };
  }

  async #wordsOf({ words, text }: Segment): Promise<Explanation["words"]> {
    if (words === null) return null;
    this.#text ??= fetchModel(shippedTextModel, this.#options).then((bytes) =>
      loadTextModel(bytes, this.#runtime),
    );
    const confidence = words.transcriptConfidence;
    return explainWords({ text, confidence }, words.emotion, await this.#text);
  }

  async #openVoice(): Promise<VoiceModel> {
    const bytes = await fetchModel(this.#model, this.#options);
    const attribution = await openSpectrogramAttribution(bytes, this.#runtime);
    if (attribution !== null) return { by: "gradients", ...attribution };
    const openEncoder = encoderOpener(this.#runtime, this.#options);
    return { by: "silence", ...(await loadModel(bytes, this.#runtime, { openEncoder })) };
  }
}

/** Returns the sound of a segment, with a window around it, of its channel alone where it has one. */
async function soundOf(
  file: Blob,
  { startSec, endSec, channel }: Segment,
  { sampleRate, windowSec }: EmotionModel["card"],
): Promise<SegmentAudio> {
  const first = Math.max(0, Math.floor((startSec - windowSec) * sampleRate));
  const end = Math.ceil((endSec + windowSec) * sampleRate);
  const samples = new Float32Array(end - first);
  let at = 0;
  const source = {
    size: file.size,
    read: async (from: number, to: number) =>
      new Uint8Array(await file.slice(from, to).arrayBuffer()),
  };
  const channels = channel === null ? "mix" : "split";
  for await (const block of readChannels(source, { sampleRate, channels })) {
    const mono = channel === null ? toMono(block) : block[channel - 1]!;
    const skipped = Math.max(0, first - at);
    if (skipped < mono.length && at < end) {
      samples.set(mono.subarray(skipped, end - at), Math.max(0, at - first));
    }
    at += mono.length;
    if (at >= end) break;
  }
  return {
    startSec,
    endSec,
    speechSec: endSec - startSec,
    samples: samples.subarray(0, Math.max(0, at - first)),
    samplesStartSec: first / sampleRate,
  };
}
