import { proxy } from "comlink";
import { signal } from "@preact/signals";
import type { Analysis, Samples, Speaker } from "../../web/index.ts";
import { sentenceOf } from "../sentences.ts";
import { strings } from "../strings.ts";
import { engine } from "../worker/client.ts";
import type { Stretch } from "../worker/engine.ts";
import { sampleRate } from "../worker/open-file.ts";
import { readWav } from "../worker/pcm.ts";
import { models } from "./models.ts";
import { Picture } from "./picture.ts";
import { current, recordings, type Recording, type RecordingState } from "./recordings.ts";

class OpenRecording implements Recording {
  readonly id: string;
  readonly name: string;
  file: Blob;
  readonly state = signal<RecordingState>({ step: "decoding", doneSec: 0 });
  readonly picture = new Picture();
  readonly wav = signal<Blob | null>(null);
  readonly analysis = signal<Analysis | null>(null);
  readonly neutral = signal<readonly Stretch[]>([]);
  readonly speaker = signal<Speaker | null>(null);

  constructor(id: string, name: string, file: Blob) {
    this.id = id;
    this.name = name;
    this.file = file;
  }

  get durationSec(): number {
    return this.picture.durationSec.value;
  }

  samples(): Promise<Samples> {
    const wav = this.wav.peek();
    if (wav === null) throw new RangeError("samples: the recording is not decoded yet");
    return readWav(wav, { startSec: 0, endSec: this.durationSec, sampleRate });
  }

  /** Reads it for its picture and playback. */
  async decode(): Promise<void> {
    const { wav, file } = await engine.open(
      this.file,
      proxy((update) => {
        this.picture.add(update);
        this.state.value = { step: "decoding", doneSec: update.doneSec };
      }),
    );
    this.file = file;
    this.wav.value = wav;
    this.state.value = { step: "waiting", doneSec: 0 };
  }

  /** Analyzes it with the models that are chosen, and against the speech that is marked as neutral. */
  async analyze(): Promise<void> {
    this.state.value = { step: "waiting", doneSec: 0 };
    await models.ready();
    this.state.value = { step: "analyzing", doneSec: 0 };
    const stretches = this.neutral.peek();
    const speaker = stretches.length > 0 ? await engine.enroll(this.wav.peek()!, stretches) : null;
    const onProgress = proxy((doneSec: number) => {
      this.state.value = { step: "analyzing", doneSec };
    });
    this.analysis.value = await engine.analyze(this.file, speaker, onProgress);
    this.speaker.value = speaker;
    this.state.value = { step: "done" };
  }

  fail(error: unknown): void {
    this.state.value = { step: "failed", message: sentenceOf(error) };
  }
}

/** Work that is done one after the other: two at once would each take twice as long. */
class Queue {
  #last: Promise<void> = Promise.resolve();

  add(recording: OpenRecording, work: () => Promise<void>): Promise<void> {
    this.#last = this.#last.then(work).catch((error: unknown) => recording.fail(error));
    return this.#last;
  }
}

const decoding = new Queue();
const analyzing = new Queue();

const open: OpenRecording[] = [];

/** Opens a sound file and analyzes it; it is shown, if wanted. One that is open already is not opened again. */
export async function openSoundFile(file: Blob, name: string, isShown = true): Promise<void> {
  const id = await engine.hash(file);
  const known = open.find((each) => each.id === id);
  if (known !== undefined) {
    if (isShown) current.value = known;
    return;
  }
  const recording = new OpenRecording(id, name, file);
  open.push(recording);
  recordings.value = [...open];
  if (isShown) current.value = recording;
  await decoding.add(recording, () => recording.decode());
  if (recording.wav.peek() !== null) await analyzing.add(recording, () => recording.analyze());
}

/** Closes a recording; what is kept of it, such as labels, stays. */
export function closeRecording({ id }: Recording): void {
  const index = open.findIndex((each) => each.id === id);
  if (index >= 0) open.splice(index, 1);
  recordings.value = [...open];
  if (current.value?.id === id) current.value = open[Math.min(index, open.length - 1)] ?? null;
}

/** Analyzes all open recordings anew, such as after the models have changed. */
export async function analyzeAgain(): Promise<void> {
  const decoded = open.filter((each) => each.wav.peek() !== null);
  await Promise.all(decoded.map((each) => analyzing.add(each, () => each.analyze())));
}

/** Holds the voice of a recording against times that are neutral speech, and predicts everything anew. */
export async function markNeutral(
  { id }: Recording,
  stretches: readonly Stretch[],
): Promise<string | null> {
  const recording = open.find((each) => each.id === id);
  if (recording === undefined) return null;
  const before = recording.neutral.peek();
  recording.neutral.value = stretches;
  let problem: string | null = null;
  await analyzing.add(recording, async () => {
    try {
      await recording.analyze();
    } catch (error) {
      recording.neutral.value = before;
      recording.state.value = { step: "done" };
      problem = sentenceOf(error) || strings.errors.unknown;
    }
  });
  return problem;
}
