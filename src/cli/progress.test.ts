import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createProgress, formatDuration, type ProgressStream } from "./progress.ts";

beforeEach(() => void vi.useFakeTimers({ toFake: ["performance"] }));
afterEach(() => void vi.useRealTimers());

function recorder(isTTY: boolean): ProgressStream & { text: string } {
  return {
    isTTY,
    columns: 100,
    text: "",
    write(text: string) {
      this.text += text;
    },
  };
}

/** What a terminal shows after cursor-up-and-clear sequences. */
function screen(text: string): string[] {
  let lines: string[] = [];
  for (const part of text.replaceAll("\u001B", "ESC").split(/(ESC\[\d+FESC\[J)/)) {
    const up = /^ESC\[(\d+)F/.exec(part);
    if (up) lines = lines.slice(0, lines.length - Number(up[1]));
    else lines.push(...part.split("\n").slice(0, -1));
  }
  return lines;
}

test("a terminal shows the run and the epoch as two bars with rate and time left", () => {
  const stream = recorder(true);
  const progress = createProgress(stream);
  progress({ label: "run", done: 0, total: 2, unit: "epochs" });
  progress({ label: "epoch", done: 0, total: 40, unit: "clips" });
  vi.advanceTimersByTime(2000);
  progress({ label: "epoch", done: 10, total: 40, unit: "clips", facts: { loss: "1.20" } });
  const [run, epoch] = screen(stream.text);
  expect(run).toMatch(/^run {3}░{24} 0\/2 epochs$/);
  expect(epoch).toMatch(/^epoch █{6}░{18} 10\/40 clips · 5\.00 clips\/s · 6 s left · loss 1\.20$/);
});

test("bars stay when complete, and a message stands above the bars that go on", () => {
  const stream = recorder(true);
  const progress = createProgress(stream);
  progress({ label: "first", done: 1, total: 1, unit: "files" });
  progress({ label: "second", done: 0, total: 2, unit: "files" });
  progress.warn("careful");
  vi.advanceTimersByTime(1000);
  progress({ label: "second", done: 2, total: 2, unit: "files" });
  const lines = screen(stream.text);
  expect(lines).toHaveLength(3);
  expect(lines[0]).toMatch(/^first .*1\/1 files/);
  expect(lines[1]).toBe("careful");
  expect(lines[2]).toMatch(/^second █{24} 2\/2 files · 2\.00 files\/s · 1 s$/);
});

test("anything else gets plain lines: the start, every ten seconds and the end; none of a part", () => {
  const stream = recorder(false);
  const progress = createProgress(stream);
  for (let done = 0; done <= 25; done++) {
    progress({ label: "files", done, total: 25, unit: "files" });
    progress({ label: "file", done, total: 25, unit: "seconds", nested: true });
    vi.advanceTimersByTime(1000);
  }
  expect(stream.text.split("\n").map((line) => line.split(" ")[1])).toEqual([
    "0/25",
    "10/25",
    "20/25",
    "25/25",
    undefined,
  ]);
  expect(stream.text).not.toContain("\u001B");
});

test.each([
  [41.6, "42 s"],
  [185, "3 min 05 s"],
  [7620, "2 h 07 min"],
])("%d seconds read %s", (seconds, text) => {
  expect(formatDuration(seconds)).toBe(text);
});

test.each([true, false])("a message cannot change the terminal (a terminal: %s)", (isTTY) => {
  const stream = recorder(isTTY);
  createProgress(stream).warn("a\u001B[2J.wav: is empty.\nRecord it again.");
  expect(stream.text).toBe("a\uFFFD[2J.wav: is empty.\nRecord it again.\n");
});

test("sound is counted by how much faster than real time it goes", () => {
  const stream = recorder(true);
  const progress = createProgress(stream);
  progress({ label: "analyze", done: 0, total: undefined, unit: "s" });
  vi.advanceTimersByTime(2000);
  progress({ label: "analyze", done: 60, total: undefined, unit: "s" });
  expect(stream.text).toContain("60 s · 30.0 × real time");
});

test.each([
  [100, /^epoch █{6}░{18} 10\/40 clips · 5\.00 clips\/s · 6 s left · epoch 2 of 3 · loss 1\.20$/],
  [75, /^epoch 10\/40 clips · 5\.00 clips\/s · 6 s left · epoch 2 of 3 · loss 1\.20$/],
  [60, /^epoch 10\/40 clips · 6 s left · epoch 2 of 3 · loss 1\.20$/],
  [40, /^epoch 2 of 3 · loss 1\.20 · 6 s left$/],
  [24, /^epoch 2 of 3 · loss 1\.2$/],
])("at %i columns a bar leaves out what matters least", (columns, line) => {
  const stream = { ...recorder(true), columns };
  const progress = createProgress(stream);
  progress({ label: "epoch", done: 0, total: 40, unit: "clips" });
  vi.advanceTimersByTime(2000);
  const facts = { epoch: "2 of 3", loss: "1.20" };
  progress({ label: "epoch", done: 10, total: 40, unit: "clips", facts });
  expect(screen(stream.text).at(-1)).toMatch(line);
});
