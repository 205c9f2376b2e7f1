import { expect, test } from "vitest";
import { analysis, call } from "../../test/support/analysis.ts";
import { toSrt, toVtt } from "../transcription/subtitles.ts";
import { subtitlesOf } from "./subtitles.ts";

test("SubRip has the emotion and the words of each segment with speech", () => {
  expect(toSrt(subtitlesOf(analysis))).toBe(`1
00:00:00,250 --> 00:00:03,500
[voice angry, words sad] He said "stop" → and I <b>stopped</b> & é

2
00:00:03,500 --> 00:01:02,004
[sad]

3
01:01:01,500 --> 01:01:02,250
[sad] =SUM(A1:A9)
`);
});

test("WebVTT has the same cues, and what would be markup is escaped", () => {
  expect(toVtt(subtitlesOf(analysis))).toBe(`WEBVTT

00:00:00.250 --> 00:00:03.500
[voice angry, words sad] He said "stop" --&gt; and I &lt;b&gt;stopped&lt;/b&gt; &amp; é

00:00:03.500 --> 00:01:02.004
[sad]

01:01:01.500 --> 01:01:02.250
[sad] =SUM(A1:A9)
`);
});

test("what is long is cut into cues that can be read, the first of them with the emotion", () => {
  const text = "So this is what you call a morning, and I do not know what to say of it. ".repeat(
    3,
  );
  const long = { ...analysis.segments[4]!, text };
  const cues = subtitlesOf({ ...analysis, segments: [long] });
  expect(cues.map((cue) => cue.text.startsWith("[sad] "))).toEqual([true, false, false]);
  expect(cues.map((cue) => cue.text).join(" ")).toBe(`[sad] ${text.trim()}`);
});

test("a recording without speech has no cues", () => {
  expect(subtitlesOf({ ...analysis, segments: [analysis.segments[0]!] })).toEqual([]);
});

test("what is abstained from has the reason where its emotion would stand", () => {
  const [, disagreeing] = analysis.segments;
  const segments = [{ ...disagreeing!, text: "Stop", abstained: "unsure" as const }];
  expect(subtitlesOf({ ...analysis, segments })).toMatchObject([{ text: "[unsure] Stop" }]);
});

test("whoever speaks is named, as each format has it", () => {
  const cues = subtitlesOf(call);
  expect(toSrt(cues)).toBe(`1
00:00:01,000 --> 00:00:03,000
agent: [sad] Good morning

2
00:00:02,500 --> 00:00:04,000
R & <D>: [angry] At last
`);
  expect(toVtt(cues)).toBe(`WEBVTT

00:00:01.000 --> 00:00:03.000
<v agent>[sad] Good morning

00:00:02.500 --> 00:00:04.000
<v R &amp; &lt;D&gt;>[angry] At last
`);
});
