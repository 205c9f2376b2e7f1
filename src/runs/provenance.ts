import { z } from "zod";
import type { ModelCard } from "../models/model-card.ts";

/** What training wrote; a file of other making may say less, or something else altogether. */
const provenanceSchema = z.object({
  corpora: z.array(z.string()).catch([]),
  /** Of a model whose calibration was fitted anew. */
  calibratedOn: z.array(z.string()).catch([]),
  seed: z.int().catch(0),
  recipe: z.record(z.string(), z.unknown()).catch({}),
});

/** How a model came about, as far as its model card says. */
export type Provenance = Omit<Readonly<z.infer<typeof provenanceSchema>>, "calibratedOn">;

/** Reads the provenance of a model card; `corpora` are all that the model has seen, if only for its calibration. */
export function readProvenance({ provenance }: Pick<ModelCard, "provenance">): Provenance {
  const { calibratedOn, corpora, ...read } = provenanceSchema.parse(provenance);
  return { corpora: [...new Set([...corpora, ...calibratedOn])], ...read };
}
