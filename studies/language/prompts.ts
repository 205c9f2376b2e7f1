import { mkdir, readdir, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { ffmpeg } from "../../test/support/ffmpeg.ts";
import { shuffled, type StudyClip } from "./clips.ts";

/** One voice of Asterisk's telephone prompts, as Debian's packages lay it below `/usr/share/asterisk/sounds`. */
interface PromptVoice {
  readonly folder: string;
  readonly language: string;
  readonly split: StudyClip["split"];
}

/** Debian's asterisk-core-sounds-{en,es,fr,it,ru}-g722, asterisk-prompt-es-co and asterisk-prompt-fr-armelle. */
const voices: readonly PromptVoice[] = [
  { folder: "en_US_f_Allison", language: "en", split: "train" },
  { folder: "es_MX_f_Allison", language: "es", split: "test" },
  { folder: "es", language: "es", split: "test" },
  { folder: "fr_CA_f_June", language: "fr", split: "train" },
  { folder: "fr", language: "fr", split: "train" },
  { folder: "it_IT_m_Carlo", language: "it", split: "train" },
  { folder: "ru_RU_f_IvrvoiceRU", language: "ru", split: "train" },
];

/** What decodes each format, and its bytes a second. */
const formats: Readonly<Record<string, { readonly demuxer: string; readonly rate: number }>> = {
  g722: { demuxer: "g722", rate: 8000 },
  gsm: { demuxer: "gsm", rate: 1650 },
};

const clipsOfVoice = 60;
const [shortestSec, longestSec] = [1.3, 15];

/** Returns prompts of people who speak to callers, as WAV files below `out`. */
export async function promptClips(sounds: string, out: string): Promise<StudyClip[]> {
  await mkdir(out, { recursive: true });
  const clips: StudyClip[] = [];
  for (const { folder, language, split } of voices) {
    const found = await readdir(join(sounds, folder), { recursive: true });
    let taken = 0;
    for (const name of shuffled(found, (each) => `${folder}/${each}`)) {
      const format = formats[name.split(".").at(-1)!];
      if (format === undefined || taken === clipsOfVoice) continue;
      const source = join(sounds, folder, name);
      const seconds = (await stat(source)).size / format.rate;
      if (seconds < shortestSec || seconds > longestSec) continue;
      const path = join(out, `${folder}-${basename(name).split(".")[0]}.wav`);
      ffmpeg("-f", format.demuxer, "-i", source, "-ar", "16000", "-ac", "1", path);
      clips.push({ path, language, group: "telephone prompts", speaker: folder, split });
      taken++;
    }
  }
  return clips;
}
