import { analysisFacts } from "../../reports/recordings/analysis-facts.ts";
import { renderRecording, type RecordingSound } from "../../reports/recordings/recording-page.ts";
import { Waveform } from "../../reports/recordings/waveform.ts";
import { encodeMuLawWav } from "../../reports/mu-law-wav.ts";
import type { Analysis } from "../../web/index.ts";
import { shippedTextModel } from "../../shared/shipped-models.ts";
import { contentHash } from "./content-hash.ts";
import { sampleRate } from "./open-file.ts";
import { readWav } from "./pcm.ts";

/** What a page of a recording is made of. */
export interface PageInput {
  /** The file's name. */
  readonly name: string;
  readonly analysis: Analysis;
  readonly wav: Blob;
  /** Of each channel, lowest and highest in turn, −127 to 127. */
  readonly peaks: readonly ArrayLike<number>[];
  /** Name of the audio model. */
  readonly model: string;
  /** Folder that serves the models. */
  readonly modelsUrl: string;
}

const partsPerSec = 20;
const mostParts = 4000;

/** Longer recordings are linked, as by the command line. */
const mostEmbeddedSec = 600;

/** Returns the page that `undertone analyze --out x.html` writes of a recording. */
export async function recordingPage(input: PageInput): Promise<Blob> {
  const { name, analysis, wav, peaks, model, modelsUrl } = input;
  const { durationSec, transcriber, speakers } = analysis;
  const parts = Math.min(mostParts, Math.max(1, Math.ceil(durationSec * partsPerSec)));
  const areSplit = speakers.some(({ channel }) => channel !== null);
  const all = areSplit ? peaks : [extremesOf(peaks)];
  const waveforms = all.map((extremes) => {
    const waveform = new Waveform(parts, extremes.length);
    waveform.push(Float32Array.from(extremes, (value) => value / 127));
    return waveform;
  });
  const player: RecordingSound["player"] =
    durationSec <= mostEmbeddedSec
      ? await embedded(wav, durationSec)
      : { href: `./${encodeURIComponent(name)}` };
  const textModel = transcriber === null ? null : shippedTextModel;
  const facts = analysisFacts(
    {
      model,
      modelId: await modelIdOf(model, modelsUrl),
      textModel,
      textModelId: textModel && (await modelIdOf(textModel, modelsUrl)),
      minConfidence: 0,
      channels: "auto",
      sensitivity: "normal",
    },
    analysis,
  );
  const page = await renderRecording({
    name,
    analysis,
    sound: { waveforms, player },
    fields: [],
    facts,
  });
  return new Blob([page], { type: "text/html" });
}

/** Names a model by its content, as the command line does. */
async function modelIdOf(name: string, modelsUrl: string): Promise<string> {
  const response = await fetch(new URL(`${name}.onnx`, modelsUrl));
  return (await contentHash(await response.blob())).slice(0, 12);
}

/** Returns the extremes over all channels. */
function extremesOf(peaks: readonly ArrayLike<number>[]): Float32Array {
  const length = Math.max(0, ...peaks.map((each) => each.length));
  return Float32Array.from({ length }, (_, at) => {
    const values = peaks.map((each) => each[at] ?? 0);
    return at % 2 === 0 ? Math.min(...values) : Math.max(...values);
  });
}

async function embedded(wav: Blob, durationSec: number): Promise<RecordingSound["player"]> {
  const { samples } = await readWav(wav, { startSec: 0, endSec: durationSec, sampleRate });
  const file = encodeMuLawWav(samples, sampleRate);
  let text = "";
  for (let at = 0; at < file.length; at += 8190) {
    text += btoa(String.fromCharCode(...file.subarray(at, at + 8190)));
  }
  return { uri: `data:audio/wav;base64,${text}`, sizeBytes: file.length };
}
