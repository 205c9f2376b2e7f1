import type { Analysis } from "../../recognition/analysis.ts";
import type { Facts } from "./recording-page.ts";

/** What a recording was analyzed with. */
export interface AnalyzedWith {
  readonly model: string;
  readonly modelId: string;
  readonly textModel: string | null;
  readonly textModelId: string | null;
  readonly minConfidence: number;
  readonly channels: string;
  readonly sensitivity: string;
}

const sources = {
  enrolled: "the speaker's enrolled speech",
  recording: "the recording's own speech",
  training: "the speech of the training data",
} as const;

/** Returns what a recording was analyzed with, for its page. */
export function analysisFacts(
  { model, modelId, textModel, textModelId, minConfidence, channels, sensitivity }: AnalyzedWith,
  { reference, speakers, transcriber }: Pick<Analysis, "reference" | "speakers" | "transcriber">,
): Facts {
  const references = speakers.length > 0 ? speakers : [{ speaker: "", reference }];
  return [
    ["Audio model", `${model} (${modelId})`],
    ["Text model", textModel === null ? "none" : `${textModel} (${textModelId})`],
    ["Transcriber", transcriber ?? "none"],
    ...references.map(({ speaker, reference: { source } }) => {
      const name = speaker === "" ? "Reference" : `Reference of ${speaker}`;
      return [name, sources[source]] as const;
    }),
    ["Sensitivity", sensitivity],
    ...(minConfidence > 0 ? [["Least confidence", String(minConfidence)] as const] : []),
    ["Channels", channels],
  ];
}
