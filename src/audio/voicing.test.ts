import { expect, test } from "vitest";
import { syllables } from "../../test/sounds.ts";
import { VoicingMeter, voicingHop } from "./voicing.ts";

test.each([16_000, 44_100])("earlier frames are taken as they are, at %i Hz", (sampleRate) => {
  const sound = syllables(3, sampleRate, { startSec: 0.4, endSec: 2.6 });
  const skipped = 40 * voicingHop(sampleRate);
  const length = 2 * sampleRate + 77;
  const meter = new VoicingMeter(sampleRate);
  const frames = meter.measure(sound.subarray(0, length));
  const rest = sound.subarray(skipped);
  const continued = meter.measure(rest, { frames, length, skipped });
  const anew = meter.measure(rest);
  for (const name of ["levelDb", "voicing", "f0", "toneShare"] as const) {
    // The first frame begins before the samples: only the earlier ones have what was there.
    expect(continued[name].subarray(1)).toEqual(anew[name].subarray(1));
  }
});
