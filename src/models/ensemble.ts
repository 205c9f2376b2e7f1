import { emitModel } from "../graph/emit.ts";
import { joinModels, type ModelPart } from "../graph/join.ts";
import { softmax } from "../graph/operators/activation.ts";
import { add, clampBelow, log, multiply } from "../graph/operators/arithmetic.ts";
import { concatenate, slice } from "../graph/operators/layout.ts";
import { input, scalar, type Tensor } from "../graph/tensor.ts";
import { UndertoneError } from "../shared/errors.ts";
import { adapterTensors, heardThrough, type Adapter } from "./adapter.ts";
import { audioEncoderShapes, encoderInputs } from "./audio-encoder.ts";
import { cardEncoders } from "./bundle.ts";
import { cardKey, readModelCard, type ModelCard } from "./model-card.ts";
import { inputName, type EncoderConfig } from "./speech-encoder.ts";

/** A model that is to speak with others, as its file has it. */
interface Member {
  readonly bytes: Uint8Array;
  readonly card: ModelCard;
  readonly heard: readonly EncoderConfig[];
}

type EnsembleCard = Pick<ModelCard, "name" | "temperature" | "neutral" | "provenance">;

/**
 * One file that says the mean of what the models of several files say, each after its own temperature, at a temperature of
 * its own. An encoder that several hear through is heard once; one that an adapter has changed is heard beside it as it was
 * published. `distance` is that of the first member which gives one.
 * @throws UndertoneError `model-invalid` for models that read, or that judge other emotions or other windows
 * @see Lakshminarayanan et al. 2017, Deep Ensembles
 */
export function exportEnsemble(files: readonly Uint8Array[], card: EnsembleCard): Uint8Array {
  const members = files.map((bytes) => {
    const own = readModelCard(bytes);
    return { bytes, card: own, heard: heardThrough(bytes, own) };
  });
  const { labels, sampleRate, windowSec, descriptors } = sharedCard(members);
  const ears = allEars(members);
  const distant = members.find(({ card: { distances } }) => distances);
  const whole = {
    ...card,
    labels,
    sampleRate,
    windowSec,
    ...(descriptors && { descriptors }),
    ...(ears.length > 0 && { encoders: cardEncoders(ears) }),
    ...(distant && { distances: distant.card.distances }),
  };
  const parts = members.flatMap((member, index) => {
    const outputs = new Map([["probabilities", answerOf(index)]]);
    if (member !== distant) outputs.set("distance", `${index}.distance`);
    return memberParts(member, { index, ears, outputs });
  });
  return joinModels([...parts, mean(members.length, whole)], {
    outputs: distant ? ["probabilities", "distance"] : ["probabilities"],
    metadata: { [cardKey]: JSON.stringify(whole) },
  });
}

const answerOf = (member: number): string => `${member}.probabilities`;

/** What members must agree in. */
const essence = ({ labels, sampleRate, windowSec, descriptors }: ModelCard): string =>
  JSON.stringify({ labels, sampleRate, windowSec, descriptors });

/** The card of the first member, after those of the others were found to agree with it. */
function sharedCard(members: readonly Member[]): ModelCard {
  const [first, ...others] = members.map(({ card }) => card);
  const reader = [first!, ...others].find(({ words }) => words);
  const other = others.find((card) => essence(card) !== essence(first!));
  if (!reader && !other) return first!;
  const problem = reader
    ? `${reader.name} reads what was said`
    : `${first!.name} and ${other!.name} judge other emotions or other windows of sound`;
  throw new UndertoneError("model-invalid", `These models do not fit into one file: ${problem}.`);
}

/** Each encoder with all its layers that a member usesAudio, and once more with each adapter that a member has for it. */
function allEars(members: readonly Member[]): EncoderConfig[] {
  const ears: EncoderConfig[] = [];
  for (const heard of members.flatMap((member) => member.heard)) {
    const known = ears.findIndex((ear) => isSameEncoder(ear, heard));
    if (known >= 0) {
      const ear = ears[known]!;
      ears[known] = { ...ear, layers: [...new Set([...ear.layers, ...heard.layers])] };
    } else {
      const namesakes = ears.filter(({ name }) => name === heard.name).length;
      ears.push({ ...heard, ...(namesakes > 0 && { alias: `${heard.name}-${namesakes + 1}` }) });
    }
  }
  return ears;
}

function isSameEncoder(one: EncoderConfig, other: EncoderConfig): boolean {
  return one.name === other.name && isSameAdapter(one.adapter, other.adapter);
}

function isSameAdapter(one: Adapter | undefined, other: Adapter | undefined): boolean {
  if (!one || !other) return one === other;
  const [own, theirs] = [one, other].map((adapter) => adapterTensors("", adapter));
  return (
    own!.length === theirs!.length &&
    own!.every(({ name, values }, index) => {
      const twin = theirs![index]!;
      return twin.name === name && values.every((value, place) => value === twin.values[place]);
    })
  );
}

interface Place {
  readonly index: number;
  readonly ears: readonly EncoderConfig[];
  /** What its outputs are called in the whole. */
  readonly outputs: ReadonlyMap<string, string>;
}

/** A member, and before it what picks its layers of an encoder of which others hear more. */
function memberParts({ bytes, card, heard }: Member, { index, ears, outputs }: Place): ModelPart[] {
  const names = new Map(outputs);
  const picked: Record<string, Tensor> = {};
  for (const own of heard) {
    const ear = ears.find((candidate) => isSameEncoder(candidate, own))!;
    const given = encoderInputs(inputName(ear));
    const taken = encoderInputs(inputName(own));
    names.set(taken.mask, given.mask);
    if (ear.layers.join() === own.layers.join()) {
      names.set(taken.hidden, given.hidden);
    } else {
      const name = `${index}.${taken.hidden}`;
      names.set(taken.hidden, name);
      picked[name] = pickedLayers(own, { ear, longestSec: card.windowSec });
    }
    const tensors = own.adapter ? adapterTensors(inputName(own), own.adapter) : [];
    const renamed = own.adapter ? adapterTensors(inputName(ear), own.adapter) : [];
    for (const [place, { name }] of tensors.entries()) names.set(name, renamed[place]!.name);
  }
  const member = { bytes, names };
  if (Object.keys(picked).length === 0) return [member];
  const picking = emitModel({ outputs: picked, freeBatch: true });
  return [{ bytes: picking, names: new Map() }, member];
}

/** [batch, frames, layers, width] of the layers that a member usesAudio. */
function pickedLayers(
  { layers }: EncoderConfig,
  { ear, longestSec }: { readonly ear: EncoderConfig; readonly longestSec: number },
): Tensor {
  const { hidden } = encoderInputs(inputName(ear));
  const shapes = audioEncoderShapes({ encoders: [{ ...ear, tuned: 0 }], longestSec });
  const given = input(hidden, [1, ...shapes[hidden]!]);
  return concatenate(
    layers.map((layer) => {
      const start = ear.layers.indexOf(layer);
      return slice(given, { axis: 2, start, end: start + 1 });
    }),
    2,
  );
}

/** The mean of the members' answers, and what a temperature makes of it. */
function mean(
  members: number,
  { labels, temperature }: Pick<ModelCard, "labels" | "temperature">,
): ModelPart {
  const answers = Array.from({ length: members }, (_, index) =>
    input(answerOf(index), [1, labels.length]),
  );
  const sum = answers.reduce(add);
  const logits = log(clampBelow(multiply(sum, scalar(1 / members)), Number.EPSILON));
  const probabilities = softmax(multiply(logits, scalar(1 / temperature)));
  return {
    bytes: emitModel({ outputs: { probabilities }, freeBatch: true }),
    names: new Map(),
  };
}
