import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { analysis } from "../../../test/support/analysis.ts";
import { call } from "../../../test/support/call.ts";
import { EmotionPatterns } from "./emotion-patterns.ts";
import { RecordingList } from "./recording-list.ts";
import { renderRecording, type RecordingInput } from "./recording-page.ts";
import { linkTo } from "./recording-sound.node.ts";
import { Waveform } from "./waveform.ts";

const waveform = new Waveform(4, 4);
const given: RecordingInput = {
  name: "call.wav",
  analysis: call,
  sound: { waveforms: [waveform, waveform], player: { href: "./call.wav" } },
  fields: [["agent", "Sam"]],
  facts: [["Transcriber", "moonshine-base"]],
};
const countOf = (page: string, text: string): number => page.split(text).length - 1;

test("the policy of a page allows its own script alone", async () => {
  const page = await renderRecording(given);
  const [, script = ""] = /<script>([^]*?)<\/script>/.exec(page)!;
  const hash = createHash("sha256").update(script).digest("base64");
  expect(page).toContain(`default-src 'none'`);
  expect(page).toContain(`script-src 'sha256-${hash}'"`);
  expect(page).not.toMatch(/<link|https?:|@import/);
});

test("each speaker has a lane with a waveform, and each utterance a line with its time", async () => {
  const page = await renderRecording(given);
  expect(countOf(page, 'class="strip"')).toBe(2);
  expect(countOf(page, 'class="wave"')).toBe(2);
  expect(countOf(page, "<li id=")).toBe(call.segments.length);
  expect(countOf(page, 'y="1" height="26" class="abstained"')).toBe(1);
  expect(page).toMatch(/mostly happy \(23 %\) · English/);
});

test("two who start at once have two lines and one address; voices of no one have a lane", async () => {
  const [first, second, ...rest] = call.segments;
  const together = { ...second!, startSec: first!.startSec, speaker: "both" };
  const segments = [first!, together, ...rest];
  const page = await renderRecording({ ...given, analysis: { ...call, segments } });
  expect(countOf(page, `id="t=${first!.startSec}"`)).toBe(1);
  expect(countOf(page, 'class="strip"')).toBe(3);
});

test("without speakers, sound and speech there is still a page that says so", async () => {
  const sound = { waveforms: [], player: undefined };
  const nobody = analysis.segments.filter(({ emotion }) => emotion === null);
  const summary = { ...analysis.summary, dominantEmotion: null, coverage: 0, speechSec: 0 };
  const silent = { ...analysis, summary, segments: nobody };
  const page = await renderRecording({ ...given, analysis: silent, sound });
  expect(page).toContain("Nobody speaks.");
  expect(page).toContain("could not be read again");
  expect(page).not.toContain("<audio");
  const spoken = await renderRecording({ ...given, analysis });
  expect(spoken).toContain("&lt;b&gt;stopped&lt;/b&gt; &amp; é");
  expect(spoken).toContain("voice angry 90 %, words");
});

test("names are shown in their own order, without control characters", async () => {
  const page = await renderRecording({ ...given, name: "a\u202Egpj.wav\u0007" });
  expect(page).toContain("<h1><bdi>a\uFFFDgpj.wav\uFFFD</bdi></h1>");
});

test("links lead from the page to the file, whatever its name", () => {
  expect(linkTo("/calls/a #1%.wav", "/out/x.html")).toBe("./../calls/a%20%231%25.wav");
  expect(linkTo("/out/javascript:alert(1)", "/out/x.html")).toBe("./javascript%3Aalert(1)");
});

test("labels beyond the eight emotions are drawn too, and none like another", () => {
  const labels = ["neutral", "bored", "constructor", "excited"];
  const definitions = new EmotionPatterns(labels).definitions().text;
  const colors = [...definitions.matchAll(/height="\d+" fill="(#\w+)"/g)].map(([, color]) => color);
  expect(new Set(colors).size).toBe(labels.length);
});

test("a list leaves out columns that nothing is in, and names what failed", async () => {
  const list = new RecordingList(["agent", "team"]);
  const own = { name: "1.wav", href: "./pages/1.html", fields: ["Sam", ""] };
  list.add({ ...own, analysis });
  list.addFailure("<2>.wav", "No sound.");
  const page = await list.render("calls");
  const headings = [...page.matchAll(/<button type="button" disabled>([^<]+)</g)].map(([, title]) =>
    title!.trim(),
  );
  expect(headings).toContain("agent");
  expect(headings).not.toContain("team");
  expect(headings).not.toContain("Speaker");
  expect(page).toContain("1 recording ·");
  expect(page).toContain("<bdi>&lt;2&gt;.wav</bdi>");
});
