import {
  graphTensors,
  soundOf,
  valueNames,
  type ExportedModel,
  type GraphTensor,
  type Layout,
} from "./exported-model.ts";
import { vocabularyFile } from "./python-words.ts";
import { pythonScript } from "./python.ts";
import { ordinaryOutput } from "./self-contained.ts";
import { tokenInputs } from "./sentence-parts.ts";
import { textInputOf } from "./text-input.ts";

const modelPath = "onnx/model.onnx";

/**
 * Returns a repository of the Hugging Face hub: model card, configuration, graph and a script that runs it.
 * @see https://huggingface.co/docs/hub/model-cards
 */
export function huggingFaceRepository(model: ExportedModel): Layout {
  const script = pythonScript(model, modelPath);
  return {
    "README.md": readme(model, script),
    "config.json": `${JSON.stringify(configuration(model), null, 2)}\n`,
    [modelPath]: model.file,
    "predict.py": script,
    ...textInputOf(model)?.files,
  };
}

function configuration(model: ExportedModel): object {
  const { name, card } = model;
  const names = valueNames(model);
  const sound = soundOf(model);
  return {
    model_type: "undertone",
    name,
    ...(sound && { sampling_rate: sound.sampleRate, window_seconds: sound.windowSec }),
    ...("words" in card && card.words && { max_words: card.words.length }),
    id2label: Object.fromEntries(names.entries()),
    label2id: Object.fromEntries(names.map((label, id) => [label, id])),
    ...graphTensors(model.file),
  };
}

function readme(model: ExportedModel, script: string): string {
  const { name, card, origins } = model;
  const { inputs, outputs } = graphTensors(model.file);
  const sound = soundOf(model);
  const text = textInputOf(model);
  const predicted = "labels" in card ? "probabilities of emotions" : "dimensions of emotion";
  const taken = [...(sound ? ["the waveform of speech"] : []), ...(text ? [text.taken] : [])];
  const task = sound ? "audio-classification" : "text-classification";
  const data = origins.map(
    ({ name: origin, license = "license not known", source }) =>
      `- ${origin}: ${license}${source === undefined ? "" : ` (${source})`}`,
  );
  return `---
license: other
license_name: licenses-of-training-data
license_link: README.md
pipeline_tag: ${task}
tags:
  - ${task}
  - speech-emotion-recognition
  - onnx
  - undertone
---

# ${name}

From ${taken.join(" and ")} to ${predicted}, in one ONNX file. Made with [Undertone](https://github.com/undertone-speech/undertone).

## Use

\`\`\`python
${script.trimEnd()}
\`\`\`

## Inputs and outputs

| tensor | type | shape | |
| --- | --- | --- | --- |
${inputs.map((each) => tensorRow(each, inputText(each, model))).join("\n")}
${outputs.map((each) => tensorRow(each, outputText(each, model))).join("\n")}

${"labels" in card ? "Labels" : "Dimensions"}, in this order: ${valueNames(model).join(", ")}.

## Training data and encoders

${data.length > 0 ? data.join("\n") : "The model's file does not say what it was trained on."}

Whoever uses or passes on the model keeps to these licenses.

## Limits

Predictions are of ${sound ? "how speech sounds" : "what words say"}, not of what a person feels. ${sound ? "The training data is mostly acted; ask" : "Ask"} how well the model does on ${sound ? "recordings" : "texts"} as yours before relying on it.
`;
}

function tensorRow({ name, type, shape }: GraphTensor, text: string): string {
  const free = type === "int64" ? "tokens" : "samples";
  const lengths = ["batch", ...shape.map((length) => length ?? free)];
  return `| \`${name}\` | ${type} | [${lengths.join(", ")}] | ${text} |`;
}

function inputText({ name }: GraphTensor, model: ExportedModel): string {
  if (name === "words") {
    return `ids of the first words: place in \`${vocabularyFile}\` from 2 on, 1 for a word that is not there, 0 behind the last`;
  }
  if (name === tokenInputs.ids) {
    return "ids of the subword tokens, those of start and end included: lines of `vocab.txt` from 0 on; curly apostrophes are made straight first";
  }
  if (name === tokenInputs.mask) return "1 for each token, 0 behind the last";
  if (name === "wordConfidence") return "1 where the first id is not 0, or how sure the words are";
  const { sampleRate, windowSec } = soundOf(model)!;
  return `mono at ${sampleRate} Hz, in -1..1, speech from its first sample to its last; of longer sound the model takes ${windowSec} s`;
}

const outputTexts: Readonly<Record<string, string>> = {
  probabilities: "calibrated on the training corpora",
  [ordinaryOutput]: "the same for ordinary speech, which is mostly neutral",
  dimensions: "values on the scales of the training data's ratings",
};

function outputText({ name }: GraphTensor, { card }: ExportedModel): string {
  const isOdds = "notSpeech" in card && card.notSpeech !== undefined;
  const distance = isOdds ? "log odds that nobody speaks" : "distance from the training data";
  return outputTexts[name] ?? distance;
}
