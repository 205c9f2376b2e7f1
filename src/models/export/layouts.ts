import type { ExportedModel, Layout } from "./exported-model.ts";
import { huggingFaceRepository } from "./hugging-face.ts";
import { pythonScript } from "./python.ts";
import { textInputOf } from "./text-input.ts";
import { tritonRepository } from "./triton.ts";

/** What a model can be exported to, and the files of each. */
export const layouts = {
  triton: tritonRepository,
  onnx: (model) => ({
    "model.onnx": model.file,
    "predict.py": pythonScript(model, "model.onnx"),
    ...textInputOf(model)?.files,
  }),
  huggingface: huggingFaceRepository,
} satisfies Readonly<Record<string, (model: ExportedModel) => Layout>>;

export type LayoutName = keyof typeof layouts;
