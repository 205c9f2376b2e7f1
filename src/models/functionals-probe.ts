import { mfccMatrix } from "../audio/mfcc.ts";
import { emitModel } from "../graph/emit.ts";
import { multiply, subtract } from "../graph/operators/arithmetic.ts";
import { step } from "../graph/operators/elementary.ts";
import { concatenate, reshape, slice } from "../graph/operators/layout.ts";
import { matMul } from "../graph/operators/matrix.ts";
import { reduceMean } from "../graph/operators/reduce.ts";
import { Session, type Runtime } from "../graph/session.ts";
import { constant, type Tensor } from "../graph/tensor.ts";
import {
  defineModel,
  inputTensors,
  spectrogramShape,
  type Architecture,
  type DataShapes,
} from "./definition.ts";
import { stackInputs, type Inputs } from "./example.ts";
import { functionals, meanWithin } from "./functionals.ts";
import { dense } from "./layers.ts";
import { fitToStatistics, requireClips } from "./linear/fit-probe.ts";
import { descriptorCount } from "./low-level-descriptors.ts";
import { Network } from "./network.ts";
import { count } from "./options.ts";

/** From which validation chooses. */
const choices = { cs: [0.001, 0.005, 0.02], ridges: [0.03, 0.1, 0.3] };

/**
 * Functionals of cepstral coefficients and low-level descriptors through one layer: spectrogram [batch, 1, mels, frames] and
 * descriptors [batch, features, frames] → logits [batch, classes].
 * @see Eyben et al. 2010, openSMILE
 */
export const functionalsProbe = defineModel({
  kind: "functionals-probe",
  description: "Regression and linear discriminant over functionals of cepstra and descriptors.",
  options: {
    coefficients: count.default(13).describe("Cepstral coefficients"),
  },
  inputs: ["spectrogram", "descriptors"],
  architecture: functionalsNetwork,
  async fit(options, data) {
    const { train, validation, classes, runtime } = data;
    if (!runtime) throw new RangeError("functionals-probe: a runtime is needed");
    requireClips(train, validation);
    const views = [...train, ...validation].flatMap((example) => example.views);
    const network = functionalsNetwork(options, { spectrogram: sizeOf(views[0]!), classes });
    const known = await functionalsOf(views, network, runtime);
    const statisticsOf = (inputs: Inputs): Float32Array => known.get(inputs)!;
    const probe = { statisticsOf, speakerReference: false, discriminant: true };
    const { parameters, weights } = await fitToStatistics(probe, data, choices);
    return { parameters, weights };
  },
});

function functionalsNetwork(
  { coefficients }: { readonly coefficients: number },
  data: DataShapes,
): Architecture {
  const shape = spectrogramShape(data);
  return {
    inputs: { spectrogram: shape, descriptors: [descriptorCount, shape[2]!] },
    classes: data.classes,
    build(network, inputs) {
      network.embedding = functionalsOver(inputs, coefficients);
      return dense(network, "output", { x: network.embedding, units: data.classes });
    },
  };
}

/** Rows of the descriptors that are above 0 in voiced frames, and within half of the spectrogram's range of the loudest. */
const [voicingRow, levelRow] = [1, 2];

/**
 * Functionals over speech, its voiced frames, and those below its mean level, each with its share of the frames:
 * [batch, 3 · (7 · rows + 1)].
 */
function functionalsOver(
  { spectrogram, descriptors }: Readonly<Record<string, Tensor>>,
  coefficients: number,
): Tensor {
  const rows = concatenate([cepstralCoefficients(spectrogram!, coefficients), descriptors!], 1);
  const [voicing, level] = [voicingRow, levelRow].map((row) =>
    slice(descriptors!, { axis: 1, start: row, end: row + 1 }),
  );
  const speech = step(level!);
  const isSoft = step(subtract(meanWithin(speech, level!), level!));
  const masks = [speech, multiply(speech, step(voicing!)), multiply(speech, isSoft)];
  return concatenate(
    masks.flatMap((mask) => [functionals(rows, mask), reduceMean(mask, { axes: [2] })]),
    1,
  );
}

/** [batch, 1, mels, frames] → [batch, coefficients, frames] */
function cepstralCoefficients(spectrogram: Tensor, coefficients: number): Tensor {
  const [batch, , mels, frames] = spectrogram.shape;
  const matrix = constant(mfccMatrix(coefficients, mels!), [coefficients, mels!]);
  return matMul(matrix, reshape(spectrogram, [batch!, mels!, frames!]));
}

/** The size of the spectrogram, which has as many frames as the descriptors. */
function sizeOf({ spectrogram, descriptors }: Inputs): NonNullable<DataShapes["spectrogram"]> {
  const frames = descriptors!.length / descriptorCount;
  return { rows: spectrogram!.length / frames, frames };
}

const batchSize = 32;

/** Runs the network up to its embedding. */
async function functionalsOf(
  views: readonly Inputs[],
  architecture: Architecture,
  runtime: Runtime,
): Promise<Map<Inputs, Float32Array>> {
  const network = new Network("inference");
  architecture.build(network, inputTensors(architecture, 1));
  const model = emitModel({ outputs: { embedding: network.embedding }, freeBatch: true });
  const session = await Session.open(runtime, model, { threads: 1 });
  const known = new Map<Inputs, Float32Array>();
  for (let start = 0; start < views.length; start += batchSize) {
    const batch = views.slice(start, start + batchSize);
    const feeds = Object.entries(stackInputs(batch, architecture.inputs)).map(([name, data]) => {
      return [name, { data, shape: [batch.length, ...architecture.inputs[name]!] }];
    });
    const { embedding } = await session.run(Object.fromEntries(feeds));
    const width = embedding!.length / batch.length;
    for (const [row, inputs] of batch.entries())
      known.set(inputs, embedding!.slice(row * width, (row + 1) * width));
  }
  await session.close();
  return known;
}
