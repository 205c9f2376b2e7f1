import { expect, test } from "vitest";
import { PlacedWav } from "./browser-decoder.ts";

const block = [Float32Array.of(0.5, 0.5)];

test("blocks stand at their times, with silence between them", async () => {
  const wav = new PlacedWav(8000, 1);
  wav.push(block, -1 / 8000);
  wav.push(block, 0.01);
  const samples = new Int16Array((await wav.finish().arrayBuffer()).slice(44));
  expect(samples).toHaveLength(82);
  expect([samples[0], samples[1], samples[79], samples[80]]).toEqual([16_384, 0, 0, 16_384]);
});

test.each([86_400, 1e12, NaN])("a block at %d s, as a file may say, is refused", (startSec) => {
  const wav = new PlacedWav(8000, 1);
  wav.push(block, 0);
  const refused = expect.objectContaining({ code: "audio-too-large" });
  expect(() => wav.push(block, startSec)).toThrow(refused);
});
