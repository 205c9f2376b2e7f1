/** `undertone analyze --diarize` of a man and a woman in one channel; needs the encoder of the speaker embedding on this machine. */
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { encodeWav } from "../../src/audio/wav.ts";
import { modelsFolderOf } from "../../src/downloads/model-files.ts";
import { diarizationErrors } from "../../src/evaluation/diarization.ts";
import { parseRttm } from "../../src/shared/rttm.ts";
import { undertone } from "../support/command-line.ts";
import { placed, sentence } from "../support/conversation.ts";
import { loudnessModelFile } from "../support/loudness-model.ts";

const hasEncoder = existsSync(
  join(modelsFolderOf(process.env), "moonshine-base", "encoder_model.onnx"),
);
const sampleRate = 16_000;

test.skipIf(!hasEncoder)("two people in one channel are told apart", async () => {
  const root = await mkdtemp(join(tmpdir(), "undertone-diarization-"));
  try {
    const sounds = [];
    const turns = [];
    let atSec = 0.5;
    for (const take of Array.from({ length: 40 }).keys()) {
      const speaker = 1 + (take % 2);
      const sound = sentence(speaker, take);
      const endSec = atSec + sound.length / sampleRate;
      sounds.push({ atSec, sound });
      turns.push({ startSec: atSec, endSec, speaker: `person ${speaker}` });
      atSec = endSec + 0.5;
    }
    const file = join(root, "call.wav");
    await writeFile(file, encodeWav(placed(atSec + 0.5, sounds, 1e-4), sampleRate));
    const model = join(root, "model.onnx");
    await writeFile(model, loudnessModelFile());
    const out = join(root, "call.rttm");
    const options = ["--model", model, "--no-transcript", "--offline", "--out", out];
    const { exitCode, stderr } = await undertone("analyze", file, "--diarize", ...options);
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
    const found = [...parseRttm(await readFile(out, "utf8"), out).values()].flat();
    expect(new Set(found.map(({ speaker }) => speaker)).size).toBe(2);
    const errors = diarizationErrors(turns, found, { collarSec: 0.25 });
    expect(errors.confusionSec / errors.speechSec).toBeLessThan(0.1);
  } finally {
    await rm(root, { recursive: true, force: true });
  }
});
