import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { encodeWav } from "../../src/audio/wav.ts";
import { Random } from "../../src/shared/random.ts";

const sampleRate = 16_000;
const seconds = 60;

type Sound = (sec: number, random: Random) => number;

const tone = (hz: number, sec: number): number => Math.sin(2 * Math.PI * hz * sec);

/** A plucked string: seven harmonics with exponential decay. */
function note(hz: number, sec: number): number {
  let sum = 0;
  for (let harmonic = 1; harmonic <= 7; harmonic++) sum += tone(hz * harmonic, sec) / harmonic;
  return sum * Math.exp(-3 * sec);
}

const scale = [220, 247, 262, 294, 330, 349, 392, 440];

/** A tune of three notes a second over a bass, with a drum twice a second. */
function music(sec: number, random: Random): number {
  const beat = Math.floor(3 * sec);
  const melody = note(scale[(beat * beat + 3 * beat) % scale.length]!, sec - beat / 3);
  const bass = tone(scale[Math.floor(sec) % scale.length]! / 4, sec);
  const drum = random.uniform(-1, 1) * Math.exp(-30 * (sec % 0.5));
  return 0.15 * (melody + bass + drum);
}

/** Sounds without speech, by name. */
const sounds: Readonly<Record<string, Sound>> = {
  silence: () => 0,
  "white noise": (_, random) => random.uniform(-0.3, 0.3),
  "loud white noise": (_, random) => random.uniform(-1, 1),
  "440 Hz": (sec) => 0.5 * tone(440, sec),
  "200 Hz": (sec) => 0.5 * tone(200, sec),
  "a ringing telephone": (sec) =>
    sec % 2 < 0.8 ? 0.3 * tone((20 * sec) % 2 < 1 ? 440 : 480, sec) : 0,
  music,
};

/** Writes a minute of each sound into `folder`, and a table of empty references. */
export async function writeNonSpeech(
  folder: string,
): Promise<{ references: string; names: readonly string[] }> {
  const lines = ["file\ttext"];
  for (const [name, sound] of Object.entries(sounds)) {
    const random = new Random(1, name);
    const samples = Float32Array.from({ length: seconds * sampleRate }, (_, n) =>
      sound(n / sampleRate, random),
    );
    await writeFile(join(folder, `${name}.wav`), encodeWav(samples, sampleRate));
    lines.push(`${name}.wav\t `);
  }
  const references = join(folder, "non-speech.tsv");
  await writeFile(references, lines.join("\n"));
  return { references, names: Object.keys(sounds) };
}
