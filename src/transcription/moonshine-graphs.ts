import { float32Type, GraphWriter } from "../graph/graph-writer.ts";
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

/**
 * Returns a graph from an utterance's `states` [1, frames, width] to what each layer of the decoder attends to: `keys`
 * [layers, heads, headSize, frames], scaled, and `values` [layers, heads, frames, headSize].
 */
export function crossGraph(
  weights: DecoderWeights,
  size: MoonshineSize,
  { areSigned }: { readonly areSigned: boolean },
): Uint8Array {
  const writer = new GraphWriter();
  const layers = new ByteLayers(writer, areSigned);
  const { layers: count, headSize } = size;
  const matrices = Array.from({ length: count }, (_, layer) =>
    ["k_proj", "v_proj"].map((name) => weights.matrix(`layers.${layer}/encoder_attn/${name}`)),
  );
  const matrix = besideEachOther(matrices.flat());
  const [bytes, scale, zero] = writer.nodes("DynamicQuantizeLinear", [writer.input("states")], {
    outputs: 3,
  });
  const [written, zeros] = layers.weights(matrix);
  const sums = writer.node("MatMulInteger", [bytes!, written, zero!, zeros]);
  const units = writer.node("Mul", [scale!, layers.floats(matrix.scales)]);
  const all = writer.node("Mul", [writer.node("Cast", [sums], { to: float32Type }), units]);
  const shape = layers.wholes(-1, count, 2, heads, headSize); // [frames, layers, 2, heads, headSize]
  const [keys, values] = writer.nodes("Split", [writer.node("Reshape", [all, shape])], {
    outputs: 2,
    attributes: { axis: 2 },
  });
  const squeezed = (x: string): string => writer.node("Squeeze", [x, layers.wholes(2)]);
  const turned = writer.node("Transpose", [squeezed(keys!)], { perm: [1, 2, 3, 0] });
  return writer.model({
    keys: writer.node("Mul", [turned, layers.float(scaleOf(size))]),
    values: writer.node("Transpose", [squeezed(values!)], { perm: [1, 2, 0, 3] }),
  });
}

/**
 * Returns a graph of the decoder's next step for utterances [batch] that are as far: the last `ids` [batch] at `position`
 * [1]; by layer `keys.L` [batch, heads, headSize, tokens] and `values.L` [batch, heads, tokens, headSize] of the tokens
 * before, with `mask` [tokens] of 0 and -Infinity; `crossKeys.L`, `crossValues.L` and `crossMask` [batch, 1, 1, frames] of
 * the sound. Gives the likeliest `token` [batch], its `probability` and the choice's `entropy`, and `newKeys` and
 * `newValues` [batch, layers, width].
 */
export function stepGraph(
  weights: DecoderWeights,
  size: MoonshineSize,
  { areSigned }: { readonly areSigned: boolean },
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
    const scores = node("MatMul", [
      node("Reshape", [query, oneByHead]),
      writer.input(`crossKeys.${layer}`),
    ]);
    const shares = node("Softmax", [node("Add", [scores, crossMask])], { axis: -1 });
    const context = node("MatMul", [shares, writer.input(`crossValues.${layer}`)]);
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
      token: node("Cast", [token], { to: float32Type }),
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
