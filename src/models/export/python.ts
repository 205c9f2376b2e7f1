import { graphTensors, valueNames, type ExportedModel } from "./exported-model.ts";

/** Returns the lines by which a Python script reads samples of a WAV file, as `samples`; `numbers` makes numbers of the bytes. */
function readingLines({ card }: ExportedModel, numbers: string): string {
  const { sampleRate } = card;
  const remedy = `convert it first: ffmpeg -i in.mp3 -ar ${sampleRate} -ac 1 -c:a pcm_s16le out.wav`;
  return `with wave.open(sys.argv[1], "rb") as file:
    if (file.getframerate(), file.getnchannels(), file.getsampwidth()) != (${sampleRate}, 1, 2):
        sys.exit(f"{sys.argv[1]}: ${remedy}")
    samples = ${numbers}`;
}

const head = ({ card }: ExportedModel, pip: string, script: string): string =>
  `"""${"labels" in card ? "Emotions" : "Dimensions"} of speech in a mono 16-bit WAV file at ${card.sampleRate} Hz.

Cut silence before and after the speech first: the model takes all of the file for speech.
${pip}
    python ${script} speech.wav
"""`;

/** Returns a script that runs a model's file, at a path beside it, by Python's onnxruntime and prints JSON. */
export function pythonScript(model: ExportedModel, path: string): string {
  const others = graphTensors(model.file).inputs.filter(({ name }) => name !== "waveform");
  const zeros = others.map(
    ({ name, shape }) =>
      `    "${name}": numpy.zeros((1, ${shape.join(", ")}), numpy.float32),  # no words\n`,
  );
  return `${head(model, "\n    pip install numpy onnxruntime", "predict.py")}

import json
import pathlib
import sys
import wave

import numpy
import onnxruntime

NAMES = ${JSON.stringify(valueNames(model))}

${readingLines(model, 'numpy.frombuffer(file.readframes(file.getnframes()), "<i2") / numpy.float32(32768)')}

session = onnxruntime.InferenceSession(str(pathlib.Path(__file__).parent / "${path}"))
feeds = {
    "waveform": samples[None],
${zeros.join("")}}
results = {}
for output, values in zip(session.get_outputs(), session.run(None, feeds)):
    row = values[0].tolist()
    results[output.name] = dict(zip(NAMES, row)) if isinstance(row, list) else row
print(json.dumps(results))
`;
}

/** Returns a script that asks a server of the Open Inference Protocol for a model's outputs and prints JSON. */
export function inferenceClient(model: ExportedModel): string {
  const numbers =
    'array.array("h", file.readframes(file.getnframes()))\nif sys.byteorder == "big":\n    samples.byteswap()';
  const others = graphTensors(model.file).inputs.filter(({ name }) => name !== "waveform");
  const zeros = others.map(({ name, shape }) => {
    const count = shape.reduce<number>((product, length) => product * (length ?? 1), 1);
    return `    {"name": "${name}", "shape": [1, ${shape.join(", ")}], "datatype": "FP32", "data": [0] * ${count}},  # no words\n`;
  });
  return `${head(model, "The server's address may follow: http://localhost:8000 by default.\n", "client.py")}

import array
import json
import sys
import urllib.request
import wave

NAMES = ${JSON.stringify(valueNames(model))}

${readingLines(model, numbers)}

data = [sample / 32768 for sample in samples]
inputs = [
    {"name": "waveform", "shape": [1, len(data)], "datatype": "FP32", "data": data},
${zeros.join("")}]
server = sys.argv[2] if len(sys.argv) > 2 else "http://localhost:8000"
request = urllib.request.Request(
    f"{server}/v2/models/${model.name}/infer",
    json.dumps({"inputs": inputs}).encode(),
    {"Content-Type": "application/json"},
)
with urllib.request.urlopen(request) as response:
    outputs = json.load(response)["outputs"]
results = {}
for output in outputs:
    row = output["data"]
    results[output["name"]] = dict(zip(NAMES, row)) if len(row) == len(NAMES) else row[0]
print(json.dumps(results))
`;
}
