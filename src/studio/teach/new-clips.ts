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

/**
 * Returns the clips that a person has labeled in a recording; none before it is decoded. Their speakers count as unknown:
 * "agent" or "speaker 1" of another recording may be anyone.
 */
export async function labeledClips(recording: Recording, by: string): Promise<NewClip[]> {
  const wav = recording.wav.peek();
  if (wav === null) return [];
  const clips: NewClip[] = [];
  const all = labels.of(recording.id).peek();
  for (const { startSec, endSec, label } of labeledBy(all, by)) {
    const { samples } = await readWav(wav, { startSec, endSec, sampleRate });
    const place = { recording: recording.name, recordingId: recording.id, startSec, endSec };
    clips.push({ label, ...place, speaker: null, samples });
  }
  return clips;
}

/** A sound file with its label. */
export interface LabeledFile extends Pick<NewClip, "label" | "speaker"> {
  readonly file: Blob;
  readonly name: string;
}

/** Returns a sound file as a clip, decoded as recordings are. @throws Error with what is wrong with it */
export async function fileClip({ file, name, ...labeled }: LabeledFile): Promise<NewClip> {
  const ignore = proxy(() => undefined);
  const { wav, durationSec: endSec } = await engine.open(file, ignore);
  const { samples } = await readWav(wav, { startSec: 0, endSec, sampleRate });
  const place = { recording: name, recordingId: null, startSec: 0, endSec };
  return { ...labeled, ...place, samples };
}

/**
 * Returns the sound files of a folder, each with the name of the folder that it is in as its label. Where those are in
 * folders themselves, such as `calls/Ada/happy/1.wav`, these name the speakers.
 */
export function filesByClass(files: Iterable<File>): LabeledFile[] {
  return [...files].flatMap((file) => {
    const [folder = "", above, root] = file.webkitRelativePath.split("/").toReversed().slice(1);
    const label = parseLabel(folder);
    if (label === undefined || !isAudioName(file.name)) return [];
    const speaker = root === undefined ? null : above!;
    return [{ file, name: file.name, label, speaker }];
  });
}
