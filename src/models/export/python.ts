import {
  graphTensors,
  soundOf,
  valueNames,
  type ExportedModel,
  type GraphTensor,
} from "./exported-model.ts";
import { tokenInputs } from "./sentence-parts.ts";
import { textInputOf, type TextInput } from "./text-input.ts";

/** What a script has in common with its kind: its name, and what its heading says of its use. */
interface Script {
  readonly name: string;
  /** Packages that it needs beside those of a text. */
  readonly packages: readonly string[];
  /** A sentence more. */
  readonly note?: string;
  /** Folder with the files of a text, as in ` / "words"`; its own where it is empty. */
  readonly folder: string;
  /** Modules that it imports beside those of a text and of sound. */
  readonly modules: readonly string[];
  /** Turns the bytes of 16-bit samples into `samples`. */
  readonly samples: string;
}

const imports = (names: readonly string[]): string =>
  [...new Set(names)]
    .toSorted()
    .map((name) => `import ${name}\n`)
    .join("");

/** Returns a script's lines up to `samples`, `ids` and `confidence`, as far as the model takes sound and a text. */
function readingLines(model: ExportedModel, script: Script): string {
  const text = textInputOf(model);
  const sound = soundOf(model);
  const modules = [...script.modules, ...(sound ? ["wave"] : []), ...(text?.modules ?? [])];
  const packages = [...script.packages, ...(text?.packages ?? [])];
  const given = sound ? 'sys.argv[2] if len(sys.argv) > 2 else ""' : "sys.argv[1]";
  return `${headOf(model, text, { ...script, packages })}

${imports(modules)}${packages.length > 0 ? `\n${imports(packages)}` : ""}
NAMES = ${JSON.stringify(valueNames(model))}
${text ? `\n${text.lines(script.folder)}\n` : ""}
${sound ? soundLines(sound.sampleRate, script.samples) : ""}${text?.assignments(given) ?? ""}`;
}

function headOf(
  model: ExportedModel,
  text: TextInput | undefined,
  { name, note, packages }: Script,
): string {
  const { card } = model;
  const sound = soundOf(model);
  const what = "labels" in card ? "Emotions" : "Dimensions";
  const title = sound
    ? `${what} of speech in a mono 16-bit WAV file at ${sound.sampleRate} Hz${text ? ", and of what was said, in English" : ""}.

Cut silence before and after the speech first: the model takes all of the file for speech.`
    : `${what} of what was said, in English.`;
  const pip = packages.length > 0 ? `\n    pip install ${packages.join(" ")}` : "";
  return `"""${title}
${note ? `${note}\n` : ""}${pip}
    python ${name} ${givenOf(model).join(" ")}
"""`;
}

/** What a script is given, as its heading says it. */
const givenOf = (model: ExportedModel): string[] => [
  ...(soundOf(model) ? ["speech.wav"] : []),
  ...(textInputOf(model) ? ['"what was said"'] : []),
];

/** Returns the inputs of a model's file, each with what a script feeds it. */
const feedsOf = (
  { file }: ExportedModel,
  values: Readonly<Record<string, string>>,
): (GraphTensor & { readonly value: string })[] =>
  graphTensors(file).inputs.map((tensor) => ({ ...tensor, value: values[tensor.name]! }));

function soundLines(sampleRate: number, samples: string): string {
  const remedy = `convert it first: ffmpeg -i in.mp3 -ar ${sampleRate} -ac 1 -c:a pcm_s16le out.wav`;
  return `with wave.open(sys.argv[1], "rb") as file:
    if (file.getframerate(), file.getnchannels(), file.getsampwidth()) != (${sampleRate}, 1, 2):
        sys.exit(f"{sys.argv[1]}: ${remedy}")
    ${samples}
`;
}

/** Returns a script that runs a model's file, at a path beside it, by Python's onnxruntime and prints JSON. */
export function pythonScript(model: ExportedModel, path: string): string {
  const lines = readingLines(model, {
    name: "predict.py",
    packages: ["numpy", "onnxruntime"],
    folder: "",
    modules: ["json", "pathlib", "sys"],
    samples:
      'samples = numpy.frombuffer(file.readframes(file.getnframes()), "<i2") / numpy.float32(32768)',
  });
  const feeds = feedsOf(model, {
    waveform: "samples[None]",
    words: "numpy.array([ids], numpy.float32)",
    wordConfidence: "numpy.array([[confidence]], numpy.float32)",
    [tokenInputs.ids]: "numpy.array([ids], numpy.int64)",
    [tokenInputs.mask]: "numpy.ones((1, len(ids)), numpy.int64)",
  });
  return `${lines}
session = onnxruntime.InferenceSession(str(pathlib.Path(__file__).parent / "${path}"))
feeds = {
${feeds.map(({ name, value }) => `    "${name}": ${value},\n`).join("")}}
results = {}
for output, values in zip(session.get_outputs(), session.run(None, feeds)):
    row = values[0].tolist()
    results[output.name] = dict(zip(NAMES, row)) if isinstance(row, list) else row
print(json.dumps(results))
`;
}

/** Returns a script that asks a server of the Open Inference Protocol for a model's outputs and prints JSON. */
export function inferenceClient(model: ExportedModel): string {
  const lines = readingLines(model, {
    name: "client.py",
    packages: [],
    note: "The server's address may follow: http://localhost:8000 by default.",
    folder: ` / "${model.name}"`,
    modules: ["array", "json", "sys", "urllib.request"],
    samples:
      'samples = array.array("h", file.readframes(file.getnframes()))\n    if sys.byteorder == "big":\n        samples.byteswap()',
  });
  const place = 1 + givenOf(model).length;
  const data = feedsOf(model, {
    waveform: "[sample / 32768 for sample in samples]",
    words: "ids",
    wordConfidence: "[confidence]",
    [tokenInputs.ids]: "ids",
    [tokenInputs.mask]: "[1] * len(ids)",
  });
  return `${lines}
feeds = {
${data.map(({ name, type, value }) => `    "${name}": ("${type === "int64" ? "INT64" : "FP32"}", ${value}),\n`).join("")}}
inputs = [
    {"name": name, "shape": [1, len(data)], "datatype": datatype, "data": data}
    for name, (datatype, data) in feeds.items()
]
server = sys.argv[${place}] if len(sys.argv) > ${place} else "http://localhost:8000"
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
