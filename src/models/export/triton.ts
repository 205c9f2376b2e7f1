import {
  graphTensors,
  valueNames,
  type ExportedModel,
  type GraphTensor,
  type Layout,
} from "./exported-model.ts";
import { inferenceClient } from "./python.ts";
import { textInputOf } from "./text-input.ts";

const maxBatchSize = 16;

/**
 * Returns a model repository of NVIDIA's Triton Inference Server, which KServe takes too, and a client.
 * @see https://docs.nvidia.com/deeplearning/triton-inference-server/user-guide/docs/user_guide/model_configuration.html
 */
export function tritonRepository(model: ExportedModel): Layout {
  const { name, file: graph } = model;
  return {
    [`${name}/1/model.onnx`]: graph,
    [`${name}/config.pbtxt`]: configuration(model),
    [`${name}/labels.txt`]: `${valueNames(model).join("\n")}\n`,
    ...Object.fromEntries(
      Object.entries(textInputOf(model)?.files ?? {}).map(([file, text]) => [
        `${name}/${file}`,
        text,
      ]),
    ),
    "client.py": inferenceClient(model),
  };
}

function configuration(model: ExportedModel): string {
  const { inputs, outputs } = graphTensors(model.file);
  const count = valueNames(model).length;
  const labeled = outputs.map((output) => {
    const labels = output.shape[0] === count ? ['label_filename: "labels.txt"'] : [];
    return tensorLines(output, labels);
  });
  return `name: "${model.name}"
backend: "onnxruntime"
max_batch_size: ${maxBatchSize}
input [
${inputs.map((each) => tensorLines(each, [])).join(",\n")}
]
output [
${labeled.join(",\n")}
]
`;
}

/** A tensor of one number a row has no axis but the batch, which Triton wants to be told. */
function tensorLines({ name, type, shape }: GraphTensor, more: readonly string[]): string {
  const dims = shape.length === 0 ? "1" : shape.map((length) => length ?? -1).join(", ");
  const fields = [
    `name: "${name}"`,
    `data_type: ${type === "int64" ? "TYPE_INT64" : "TYPE_FP32"}`,
    `dims: [ ${dims} ]`,
    ...(shape.length === 0 ? ["reshape { shape: [ ] }"] : []),
    ...more,
  ];
  return `  {\n${fields.map((field) => `    ${field}`).join("\n")}\n  }`;
}
