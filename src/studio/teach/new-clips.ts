import { proxy } from "comlink";
import { isAudioName } from "../../audio/extensions.ts";
import { parseLabel } from "../../shared/labels.ts";
import { labeledBy } from "../exports/exported-recording.ts";
import type { Recording } from "../state/recordings.ts";
import { labels } from "../labels/page-labels.ts";
import { engine } from "../worker/client.ts";
import { sampleRate } from "../worker/open-file.ts";
import { readWav } from "../worker/pcm.ts";
import type { NewClip } from "../worker/teach.ts";

/** Returns the clips that a person has labeled in a recording; none before it is decoded. */
export async function labeledClips(recording: Recording, by: string): Promise<NewClip[]> {
  const wav = recording.wav.peek();
  if (wav === null) return [];
  const clips: NewClip[] = [];
  for (const { startSec, endSec, label, speaker } of labeledBy(
    labels.of(recording.id).peek(),
    by,
  )) {
    const { samples } = await readWav(wav, { startSec, endSec, sampleRate });
    clips.push({
      label,
      recording: recording.name,
      recordingId: recording.id,
      speaker,
      startSec,
      endSec,
      samples: samples as Float32Array,
    });
  }
  return clips;
}

/** Returns a sound file as a clip, decoded as recordings are. @throws Error with what is wrong with it */
export async function fileClip(file: Blob, name: string, label: string): Promise<NewClip> {
  const { wav, durationSec: endSec } = await engine.open(
    file,
    proxy(() => undefined),
  );
  const { samples } = await readWav(wav, { startSec: 0, endSec, sampleRate });
  const place = { recording: name, recordingId: null, speaker: null, startSec: 0, endSec };
  return { label, ...place, samples: samples as Float32Array };
}

/** A file of a folder for each class. */
export interface FolderFile {
  readonly file: File;
  readonly label: string;
}

/** Returns the sound files of a folder, each with the name of the folder that it is in as its label. */
export function filesByClass(files: Iterable<File>): FolderFile[] {
  return [...files].flatMap((file) => {
    const folder = file.webkitRelativePath.split("/").at(-2);
    const label = folder === undefined ? undefined : parseLabel(folder);
    return label === undefined || !isAudioName(file.name) ? [] : [{ file, label }];
  });
}
