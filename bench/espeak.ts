import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { loadAudio } from "../src/audio/load.node.ts";

const english = [
  "Kids are talking by the door.",
  "Dogs are sitting by the door.",
  "The train leaves in three minutes.",
  "We are going to the cinema tomorrow.",
];

/** What is said by voices of the synthesizer eSpeak NG, by name. */
const spoken: Readonly<Record<string, { voice: string; kinds: string[]; texts: string[] }>> = {
  "English, synthesized": { voice: "en-us", kinds: ["m3", "m7", "f2", "f4"], texts: english },
  "English, synthesized whisper": {
    voice: "en-us",
    kinds: ["whisper", "whisperf"],
    texts: english,
  },
  "German, synthesized": {
    voice: "de",
    kinds: ["m3", "m7", "f2", "f4"],
    texts: [
      "Die Kinder reden vor der Tür.",
      "Das habe ich dir gestern gesagt.",
      "Der Zug fährt in drei Minuten ab.",
      "Wir gehen morgen ins Kino.",
    ],
  },
  "French, synthesized": {
    voice: "fr",
    kinds: ["m3", "m7", "f2", "f4"],
    texts: [
      "Les enfants parlent devant la porte.",
      "Je te l'ai dit hier.",
      "Le train part dans trois minutes.",
      "Nous allons au cinéma demain.",
    ],
  },
  "Mandarin, synthesized": {
    voice: "cmn",
    kinds: ["m3", "m7", "f2", "f4"],
    texts: ["孩子们在门口说话。", "我昨天告诉过你了。", "火车三分钟后开。", "我们明天去看电影。"],
  },
};

/** Sentences by eSpeak NG in several languages, by name; none where it is not installed. */
export async function synthesizedSpeech(sampleRate: number): Promise<Map<string, Float32Array[]>> {
  const folder = await mkdtemp(join(tmpdir(), "undertone-espeak-"));
  const clips = new Map<string, Float32Array[]>();
  try {
    for (const [name, { voice, kinds, texts }] of Object.entries(spoken)) {
      const own: Float32Array[] = [];
      for (const kind of kinds) {
        for (const text of texts) {
          const path = join(folder, "said.wav");
          await promisify(execFile)("espeak-ng", ["-v", `${voice}+${kind}`, "-w", path, text]);
          own.push((await loadAudio(path, { sampleRate })).samples);
        }
      }
      clips.set(name, own);
    }
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ENOENT")) throw error;
    process.stderr.write("espeak-ng is not installed: no synthesized speech.\n");
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return clips;
}
