import { readSpeakerCard } from "../diarization/speaker-card.ts";
import { SpeakerEncoder } from "../diarization/speaker-encoder.ts";
import { runtimeOf, type RuntimeName } from "../graph/runtime.node.ts";
import { speakerModel } from "../shared/shipped-models.ts";
import type { ModelSourceOptions } from "./model-sources.node.ts";
import { encoderFile } from "./open-encoder.node.ts";
import { readModel, shippedModel } from "./voice-model.node.ts";

/**
 * Opens the speaker embedding that comes with the package, with the encoder that it needs.
 * @throws UndertoneError what getting the encoder throws
 */
export async function openSpeakerEncoder(
  options: ModelSourceOptions & {
    readonly threads?: number | undefined;
    readonly runtime?: RuntimeName | undefined;
  },
): Promise<SpeakerEncoder> {
  const { bytes: model } = await readModel(shippedModel(speakerModel), options.signal);
  const encoder = await encoderFile(readSpeakerCard(model).encoder.name, options);
  const { threads, runtime } = options;
  return SpeakerEncoder.open(runtimeOf(runtime), { model, encoder }, { threads });
}
