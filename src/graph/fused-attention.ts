import { create } from "@bufbuild/protobuf";
import {
  OperatorSetIdProtoSchema,
  type GraphProto,
  type ModelProto,
  type NodeProto,
} from "onnx-buf";
import { decodeTensor } from "./import/decode-tensor.ts";
import { nodeProto } from "./node-proto.ts";

/** Where the runtime's own operators are. */
const domain = "com.microsoft";
/** What transformers' exports call the angles by which pairs of elements turn, [1, frames, pairs]. */
const angles = "/rotary_emb/Transpose_output_0";
const turned = {
  angles: "turned.angles",
  cosines: "turned.cosines",
  sines: "turned.sines",
  zero: "turned.zero",
} as const;

/**
 * Puts the runtime's own attention in place of the exported one in an encoder of transformers whose queries and keys turn
 * with their position, in pairs of neighbors (RoPE): shares of all frames for all frames are never written as a whole, and
 * nothing is sliced. What layers give keeps its name; models without such attention stay as they are.
 */
export function fuseAttention({ graph, opsetImport }: ModelProto & { graph: GraphProto }): void {
  const lasts = attentionsIn(graph);
  const [firstLast] = lasts.keys();
  if (firstLast === undefined) return;
  graph.node = graph.node.flatMap((node) => {
    const layer = lasts.get(node);
    if (layer === undefined) return [node];
    return [...(node === firstLast ? turns() : []), ...fused(layer, node.output[0]!)];
  });
  opsetImport.push(create(OperatorSetIdProtoSchema, { domain, version: 1n }));
}

interface Layer {
  /** Of its tensors' names. */
  readonly prefix: string;
  readonly heads: number;
  /** Of elements that turn. */
  readonly pairs: number;
}

/** Returns the nodes that give what frames attend to, in the graph's order, each with its layer. */
function attentionsIn(graph: GraphProto): Map<NodeProto, Layer> {
  const makers = new Map(graph.node.flatMap((node) => node.output.map((name) => [name, node])));
  const constants = new Map(graph.initializer.map((tensor) => [tensor.name, tensor]));
  /** Follows inputs back, by their index. */
  const behind = (node: NodeProto | undefined, ...path: readonly number[]): string => {
    const [index, ...rest] = path;
    const name = node?.input[index!] ?? "";
    return rest.length === 0 ? name : behind(makers.get(name), ...rest);
  };
  const frequencies = constants.get(behind(makers.get(angles), 0, 0));
  const found = new Map<NodeProto, Layer>();
  for (const node of graph.node.filter(({ opType }) => opType === "Reshape")) {
    // Of the transposed product of shares and values; these are transposed, too, after a reshape to [.., .., heads, size].
    const [, prefix] = /^(.+\/self_attn)\/Softmax_output_0$/.exec(behind(node, 0, 0, 0)) ?? [];
    const heads = constants.get(behind(node, 0, 0, 1, 0, 1, 2));
    if (prefix === undefined || heads === undefined || frequencies === undefined) continue;
    const [count] = decodeTensor(heads).values;
    found.set(node, { prefix, heads: count!, pairs: Number(frequencies.dims[1]) });
  }
  return found;
}

/** What all layers turn by: cosines and sines [frames, pairs]. */
const turns = (): NodeProto[] => [
  nodeProto("Constant", { inputs: [], outputs: [turned.zero], attributes: { value_ints: [0] } }),
  nodeProto("Squeeze", { inputs: [angles, turned.zero], outputs: [turned.angles] }),
  nodeProto("Cos", { inputs: [turned.angles], outputs: [turned.cosines] }),
  nodeProto("Sin", { inputs: [turned.angles], outputs: [turned.sines] }),
];

function fused({ prefix, heads, pairs }: Layer, output: string): NodeProto[] {
  const of = (name: string): string => `${prefix}/${name}_proj/MatMul_output_0`;
  const turn = (name: string): NodeProto =>
    nodeProto("RotaryEmbedding", {
      inputs: [of(name), turned.zero, turned.cosines, turned.sines],
      outputs: [`${prefix}/turned.${name}`],
      attributes: { num_heads: heads, rotary_embedding_dim: 2 * pairs, interleaved: 1 },
      domain,
    });
  const [queries, keys] = [turn("q"), turn("k")];
  const inputs = [queries.output[0]!, keys.output[0]!, of("v")];
  const attention = { inputs, outputs: [output], attributes: { num_heads: heads }, domain };
  return [queries, keys, nodeProto("MultiHeadAttention", attention)];
}
