import { elementTypes } from "../graph/file-protos.ts";
import { GraphWriter } from "../graph/graph-writer.ts";
import { ByteLayers } from "./byte-layers.ts";
import { besideEachOther, type ByteMatrix, type DecoderWeights } from "./moonshine-weights.ts";

/** Size of a Moonshine model. */
export interface MoonshineSize {
  readonly layers: number;
  readonly headSize: number;
}

export const heads = 8;

/** Queries and keys are each scaled by the fourth root of a head's size. */
const scaleOf = ({ headSize }: MoonshineSize): number =>
  Math.fround(Math.sqrt(Math.fround(1 / Math.fround(Math.sqrt(headSize)))));

/** What the decoder attends to of the sound, as `crossGraph` gives it and `stepGraph` takes it, of one layer. */
const crossNames = (layer: number) => ({
  keys: { bytes: `crossKeys.${layer}`, unit: `crossKeyUnits.${layer}` },
  values: { bytes: `crossValues.${layer}`, unit: `crossValueUnits.${layer}` },
});

interface GraphOptions {
  /** Whether bytes are multiplied as signed ones. */
  readonly areSigned: boolean;
}

/**
 * Returns a graph from utterances' `states` [batch, frames, width] to what each layer of the decoder attends to, in bytes
 * that are each worth a unit: keys [batch, heads, headSize, frames] in units by frame, which are scaled, and values
 * [batch, heads, frames, headSize] in units by element.
 */
export function crossGraph(
  weights: DecoderWeights,
  size: MoonshineSize,
  { areSigned }: GraphOptions,
): Uint8Array {
  const writer = new GraphWriter();
  const layers = new ByteLayers(writer, areSigned);
  const node: GraphWriter["node"] = (...given) => writer.node(...given);
  const width = heads * size.headSize;
  const rows = node("Reshape", [writer.input("states"), layers.wholes(-1, width)]);
  const quantized = layers.quantize(rows);
  const scale = layers.float(scaleOf(size));
  const shape = node(
    "Concat",
    [
      node("Slice", [node("Shape", ["states"]), layers.wholes(0), layers.wholes(2)]),
      layers.wholes(heads, size.headSize),
    ],
    { axis: 0 },
  ); // [batch, frames, heads, headSize]
  const outputs: Record<string, string> = {};
  const types: Record<string, "int8" | "uint8"> = {};
  for (let layer = 0; layer < size.layers; layer++) {
    const projected = (name: string, perm: readonly number[]): string => {
      const product = layers.product(
        quantized,
        weights.matrix(`layers.${layer}/encoder_attn/${name}`),
      );
      return node("Transpose", [node("Reshape", [product, shape])], { perm });
    };
    const { keys, values } = crossNames(layer);
    const ofKeys = layers.quantizeColumns(projected("k_proj", [0, 2, 3, 1]));
    const ofValues = layers.quantizeColumns(projected("v_proj", [0, 2, 1, 3]));
    outputs[keys.bytes] = ofKeys.bytes;
    outputs[keys.unit] = node("Mul", [ofKeys.unit, scale]);
    outputs[values.bytes] = ofValues.bytes;
    outputs[values.unit] = ofValues.unit;
    for (const { bytes } of [keys, values]) types[bytes] = layers.matrixType;
  }
  return writer.model(outputs, types);
}

/**
 * Returns a graph of the decoder's next step for utterances [batch] that are as far: the last `ids` [batch] at `position`
 * [1]; by layer `keys.L` [batch, heads, headSize, tokens] and `values.L` [batch, heads, tokens, headSize] of the tokens
 * before, with `mask` [tokens] of 0 and -Infinity; what `crossGraph` gives of the sound and its `crossMask` [batch, 1, 1, frames]. Gives the likeliest `token` [batch], its `probability` and the choice's `entropy`, and `newKeys` and
 * `newValues` [batch, layers, width].
 */
export function stepGraph(
  weights: DecoderWeights,
  size: MoonshineSize,
  { areSigned }: GraphOptions,
): Uint8Array {
  const writer = new GraphWriter();
  const layers = new ByteLayers(writer, areSigned);
  const { headSize } = size;
  const node: GraphWriter["node"] = (...given) => writer.node(...given);
  const scale = layers.float(scaleOf(size));
  const alike = layers.wholes(0, -1);
  const oneByHead = layers.wholes(0, heads, 1, headSize);
  const table = transposed(weights.embedding);
  const written = layers.weights(table);
  const turn = rotation();
  const [mask, crossMask] = [writer.input("mask"), writer.input("crossMask")];
  const newKeys: string[] = [];
  const newValues: string[] = [];

  let x = embedded(writer.input("ids", "int64"));
  for (let layer = 0; layer < size.layers; layer++) {
    x = node("Add", [x, attentionToTokens(x, layer)]);
    x = node("Add", [x, attentionToSound(x, layer)]);
    x = node("Add", [x, feedForward(x, layer)]);
  }
  const last = layers.quantize(layers.normalize(x, weights.vector("norm")));
  return writer.model({
    ...choice(layers.product(last, table, written)),
    newKeys: node("Concat", newKeys, { axis: 1 }),
    newValues: node("Concat", newValues, { axis: 1 }),
  });

  /** [batch] → [batch, width] */
  function embedded(ids: string): string {
    const { scales } = weights.embedding;
    const bytes = node("Transpose", [node("Gather", [written[0], ids], { axis: 1 })], {
      perm: [1, 0],
    });
    return node("DequantizeLinear", [bytes, layers.float(scales[0]!), written[1]]);
  }

  /** Turns elements in pairs by their token's position: even ones by the odd ones' opposite, those by the even ones. */
  function rotation(): (x: string) => string {
    const turned = 2 * weights.frequencies.length;
    const elements = Array.from({ length: headSize }, (_, n) => n);
    const frequencies = elements.map((n) => (n < turned ? weights.frequencies[n >> 1]! : 0));
    const signs = elements.map((n) => (n % 2 === 0 ? -1 : 1));
    const partners = elements.map((n) => (n < turned ? n ^ 1 : n));
    const angles = node("Mul", [layers.floats(frequencies), writer.input("position")]);
    const cosines = node("Cos", [angles]);
    const sines = node("Mul", [node("Sin", [angles]), layers.floats(signs)]);
    const order = layers.wholes(...partners);
    return (vectors) =>
      node("Add", [
        node("Mul", [vectors, cosines]),
        node("Mul", [node("Gather", [vectors, order], { axis: 3 }), sines]),
      ]);
  }

  function attentionToTokens(input: string, layer: number): string {
    const name = `layers.${layer}/self_attn`;
    const rows = layers.quantize(normalized(input, layer, "input_layernorm"));
    const all = layers.product(
      rows,
      besideEachOther(
        ["q_proj", "k_proj", "v_proj"].map((part) => weights.matrix(`${name}/${part}`)),
      ),
    );
    const parts = node("Reshape", [all, layers.wholes(0, 3, heads, headSize)]);
    const [turning, value] = writer.nodes("Split", [parts, layers.wholes(2, 1)], {
      outputs: 2,
      attributes: { axis: 1 },
    });
    const scaled = node("Mul", [turn(turning!), scale]);
    const [query, key] = writer.nodes("Split", [scaled, layers.wholes(1, 1)], {
      outputs: 2,
      attributes: { axis: 1 },
    });
    const asRow = layers.wholes(0, 1, heads * headSize);
    newKeys.push(node("Reshape", [key!, asRow]));
    newValues.push(node("Reshape", [value!, asRow]));
    const q = node("Reshape", [query!, oneByHead]);
    const before = node("Add", [node("MatMul", [q, writer.input(`keys.${layer}`)]), mask]);
    const own = node("MatMul", [q, node("Reshape", [key!, layers.wholes(0, heads, headSize, 1)])]);
    const shares = node("Softmax", [node("Concat", [before, own], { axis: 3 })], { axis: -1 });
    const [start, end, most, axis] = [0, -1, 1 << 30, 3].map((each) => layers.wholes(each));
    const ofBefore = node("Slice", [shares, start!, end!, axis!]);
    const ofOwn = node("Slice", [shares, end!, most!, axis!]);
    const context = node("Add", [
      node("MatMul", [ofBefore, writer.input(`values.${layer}`)]),
      node("Mul", [ofOwn, node("Reshape", [value!, oneByHead])]),
    ]);
    return projected(context, `${name}/dense`);
  }

  function attentionToSound(input: string, layer: number): string {
    const name = `layers.${layer}/encoder_attn`;
    const rows = layers.quantize(normalized(input, layer, "post_attention_layernorm"));
    const query = node("Mul", [layers.product(rows, weights.matrix(`${name}/q_proj`)), scale]);
    const { keys, values } = crossNames(layer);
    const queries = layers.quantizeEvenly(node("Reshape", [query, oneByHead]));
    const scores = layers.productOfBoth(queries, layers.columnsInput(keys.bytes, keys.unit));
    const shares = node("Softmax", [node("Add", [scores, crossMask])], { axis: -1 });
    const given = layers.columnsInput(values.bytes, values.unit);
    const context = layers.productOfBoth(layers.quantizeShares(shares), given);
    return projected(context, `${name}/dense`);
  }

  function feedForward(input: string, layer: number): string {
    const name = `layers.${layer}/mlp`;
    const rows = layers.quantize(normalized(input, layer, "final_layernorm"));
    const [value, gate] = writer.nodes("Split", [biased(rows, `${name}/up_proj`)], {
      outputs: 2,
      attributes: { axis: -1 },
    });
    const open = node("Mul", [gate!, node("Sigmoid", [gate!])]);
    return biased(layers.quantize(node("Mul", [open, value!])), `${name}/down_proj`);
  }

  function normalized(input: string, layer: number, name: string): string {
    return layers.normalize(input, weights.vector(`layers.${layer}/${name}`));
  }

  function biased(rows: ReturnType<ByteLayers["quantize"]>, name: string): string {
    const product = layers.product(rows, weights.matrix(name));
    return node("Add", [product, layers.floats(weights.vector(name))]);
  }

  /** [batch, heads, 1, headSize] → [batch, width] */
  function projected(context: string, name: string): string {
    const rows = layers.quantize(node("Reshape", [context, alike]));
    return layers.product(rows, weights.matrix(name));
  }

  function choice(logits: string): Record<"token" | "probability" | "entropy", string> {
    const below = node("Sub", [logits, node("ReduceMax", [logits], { axes: [-1] })]);
    const shares = node("Exp", [below]);
    const axis = layers.wholes(-1);
    const sum = node("ReduceSum", [shares, axis], { keepdims: 0 });
    const weighted = node("ReduceSum", [node("Mul", [shares, below]), axis], { keepdims: 0 });
    const token = node("ArgMax", [logits], { axis: -1, keepdims: 0 });
    return {
      token: node("Cast", [token], { to: elementTypes.float32 }),
      probability: node("Reciprocal", [sum]),
      entropy: node("Sub", [node("Log", [sum]), node("Div", [weighted, sum])]),
    };
  }
}

function transposed({ bytes, rows, columns, scales, zeros }: ByteMatrix): ByteMatrix {
  const turned = new Uint8Array(bytes.length);
  const block = 64; // of rows, so that what is written stays in the cache
  for (let first = 0; first < rows; first += block) {
    const last = Math.min(rows, first + block);
    for (let column = 0; column < columns; column++) {
      for (let row = first; row < last; row++) {
        turned[column * rows + row] = bytes[row * columns + column]!;
      }
    }
  }
  return {
    bytes: turned,
    rows: columns,
    columns: rows,
    scales: new Float32Array(rows).fill(scales[0]!),
    zeros: new Uint8Array(rows).fill(zeros[0]!),
  };
}
