import { expect, test } from "vitest";
import { leaking, placed, sentence } from "../../test/support/conversation.ts";
import { synthesizeNoise } from "../../test/support/voice.ts";
import { ChannelComparison } from "./channels.ts";

const sampleRate = 16_000;
const turns = (speaker: number, ...times: readonly number[]): Float32Array =>
  placed(
    24,
    times.map((atSec, n) => ({ atSec, sound: sentence(speaker, n) })),
    0.0005,
  );

const agent = turns(1, 0.5, 3, 9, 12, 18);
const customer = turns(2, 6, 15, 21);
const silence = new Float32Array(agent.length);
const noise = synthesizeNoise(24, { sampleRate, level: 0.02 });
const times = (samples: Float32Array, gain: number): Float32Array => samples.map((x) => gain * x);
const sum = (a: Float32Array, b: Float32Array): Float32Array => a.map((x, n) => x + b[n]!);
const both = sum(agent, customer);
const crossTalk = (gain: number, delaySec: number): Float32Array[] => [
  leaking(agent, customer, { gain, delaySec }),
  leaking(customer, agent, { gain, delaySec }),
];

/** A sound in the middle, and one on each side. */
function around(middle: Float32Array, left: Float32Array, right: Float32Array): Float32Array[] {
  return [left, right].map((side) => side.map((x, n) => x + middle[n]!));
}

/** Notes of half a second, one after the other, of an instrument. */
const melody = (hz: number): Float32Array =>
  agent.map((_, n) => {
    const t = n / sampleRate;
    const note = hz * 2 ** (Math.floor((t * 7) % 5) / 12);
    return 0.2 * Math.exp(-4 * (t % 0.5)) * Math.sin(2 * Math.PI * note * t);
  });
const bass = melody(110);
const music = [
  bass.map((x, n) => x + both[n]!),
  melody(440).map((x, n) => x + bass[n]! + both[n]!),
];

test.each([
  ["a song, an instrument on the right", music, "mix"],
  [
    "instruments on both sides, a bass in the middle",
    around(bass, melody(330), melody(440)),
    "mix",
  ],
  ["a speaker in each", [agent, customer], "split"],
  ["cross-talk of -20 dB", crossTalk(0.1, 0.02), "split"],
  ["cross-talk of -10 dB without delay", crossTalk(0.316, 0), "split"],
  ["one who says little", [agent, turns(2, 6)], "split"],
  ["one voice", [agent, agent], "mix"],
  ["one voice, panned", [agent, times(agent, 0.2)], "mix"],
  ["two voices, both in the middle", [both, both], "mix"],
  ["two voices, each a little to a side", crossTalk(0.7, 0), "mix"],
  [
    "a room before two microphones",
    [sum(both, noise), leaking(noise, both, { gain: 0.9, delaySec: 0.001 })],
    "mix",
  ],
  ["a voice and steady noise", [agent, noise], "mix"],
  ["opposite phase", [agent, times(agent, -1)], "left"],
  ["a silent right side", [agent, silence], "left"],
  ["a silent left side", [silence, agent], "right"],
  ["silence", [silence, silence], "mix"],
  ["three", [agent, customer, noise], "mix"],
])("%s", (_, channels, choice) => {
  const comparison = new ChannelComparison();
  for (let start = 0; start < agent.length; start += 32_000) {
    comparison.push({
      sampleRate,
      channels: channels.map((channel) => channel.subarray(start, start + 32_000)),
    });
  }
  expect(comparison.relation().choice).toBe(choice);
});

test("a recording with other channels in between is not split", () => {
  const comparison = new ChannelComparison();
  comparison.push({ sampleRate, channels: [agent] });
  comparison.push({ sampleRate, channels: [agent, customer] });
  expect(comparison.relation().choice).toBe("mix");
});
