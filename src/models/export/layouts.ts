import { vocabularyLayout, type ExportedModel, type Layout } from "./exported-model.ts";
import { huggingFaceRepository } from "./hugging-face.ts";
import { vocabularyFile } from "./python-words.ts";
import { pythonScript } from "./python.ts";
import { tritonRepository } from "./triton.ts";

/** What a model can be exported to, and the files of each. */
export const layouts = {
  triton: tritonRepository,
  onnx: (model) => ({
    "model.onnx": model.file,
    "predict.py": pythonScript(model, "model.onnx"),
    ...vocabularyLayout(model, vocabularyFile),
  }),
  huggingface: huggingFaceRepository,
} satisfies Readonly<Record<string, (model: ExportedModel) => Layout>>;

export type LayoutName = keyof typeof layouts;
