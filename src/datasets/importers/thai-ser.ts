import { z } from "zod";
import { UndertoneError } from "../../shared/errors.ts";
import { parseLabel } from "../../shared/labels.ts";
import { decodeText } from "../table-text.ts";
import {
  type AnnotatedImporter,
  type NamedClip,
  type Omission,
  parseSex,
  stemOf,
  type TextFile,
} from "./importer.ts";

const name = /^[sz]\d{3}_(?:con|clip|middle|mic)_actor(?<actor>\d{3})_(?:impro|script)\w*$/;

const labelFile = z.record(z.string(), z.array(z.object({ majority_emo: z.string().nullish() })));
const actorFile = z.object({
  data: z.array(z.object({ "Actor's ID": z.coerce.string(), Sex: z.string() })),
});

/**
 * THAI-SER, 200 actors in studios and video calls, scripted and improvised: `studio001/con/s001_con_actor001_impro1_1.flac`,
 * labeled by what most raters heard in `emotion_label.json`, for one microphone of each; sexes are in `actor_demography.json`.
 * @see https://github.com/vistec-AI/dataset-releases/releases/tag/v1
 */
export const thaiSer: AnnotatedImporter = {
  idOf(path) {
    const stem = stemOf(path);
    return name.test(stem) ? stem : undefined;
  },
  labelFiles: /(?:^|\/)(?:emotion_label|actor_demography)\.json$/,
  labelFilesName: "emotion_label.json",
  readLabels(files) {
    const actors = jsonOf(files, "actor_demography", actorFile)?.data ?? [];
    const sexes = new Map(
      actors.map((actor) => [actor["Actor's ID"].padStart(3, "0"), parseSex(actor.Sex)]),
    );
    const labels = Object.entries(jsonOf(files, "emotion_label", labelFile) ?? {});
    return new Map(
      labels.map(([file, [rated]]): [string, NamedClip | Omission] => {
        const id = stemOf(file);
        const word = rated?.majority_emo ?? "None";
        const emotion = parseLabel(word);
        const speakerId = name.exec(id)?.groups?.["actor"] ?? "";
        if (/^none$/i.test(word) || emotion === undefined) return [id, { omitted: "no agreement" }];
        if (/^other$/i.test(word)) return [id, { omitted: "another emotion" }];
        const sex = sexes.get(speakerId);
        return [id, { id, emotion, speakerId, ...(sex && { sex }) }];
      }),
    );
  },
};

function jsonOf<T>(files: readonly TextFile[], stem: string, schema: z.ZodType<T>): T | undefined {
  const file = files.find(({ path }) => stemOf(path) === stem);
  if (!file) return undefined;
  try {
    return schema.parse(JSON.parse(decodeText(file.path, file.bytes)));
  } catch (cause) {
    if (cause instanceof UndertoneError) throw cause;
    const problem = "is not as THAI-SER has it. Download it again.";
    throw new UndertoneError("dataset-invalid", `${file.path}: ${problem}`, { cause });
  }
}
