import { decode } from "fast-png";
import { expect, test } from "vitest";
import { Random } from "../../shared/random.ts";
import { countsChart, histogramChart } from "../../evaluation/charts/counts.ts";
import { riskCoverageChart } from "../../evaluation/charts/risk-coverage.ts";
import { spectrogramDataUri } from "../../evaluation/charts/spectrogram.ts";
import { calibrationOf, evaluate } from "../../evaluation/evaluation.ts";
import type { Prediction } from "../../evaluation/prediction.ts";
import { calibrationSentences } from "./calibration.ts";
import { renderReport, type ReportInput } from "./report.ts";

const hostile = `"><script>alert(1)</script>&'\u001B[2J\u009B`;

function predictions(speakers: number): Prediction[] {
  const random = new Random(1, "report");
  return Array.from({ length: speakers * 12 }, (_, clip): Prediction => {
    const actual = clip % 3;
    const weights = [0, 1, 2].map((label) => random.uniform(0.1, 1) + Number(label === actual));
    const total = weights.reduce((a, b) => a + b, 0);
    return {
      id: `${hostile}${clip}`,
      speakerId: `${hostile}${clip % speakers}`,
      sex: clip % 2 === 0 ? "female" : "male",
      actual,
      probabilities: weights.map((weight) => weight / total),
    };
  });
}

function input(changes: Partial<ReportInput> = {}, speakers = 4): ReportInput {
  const predicted = predictions(speakers);
  const labels = ["happy", "sad", hostile];
  const scores = { loss: 1, unweightedAverageRecall: 0.5 };
  return {
    name: hostile,
    corpus: hostile,
    protocol: "emobox",
    leaky: false,
    textOnly: false,
    labels,
    evaluation: evaluate(predicted, predicted, labels),
    folds: [1, 2].map((fold) => ({
      fold,
      epochs: [1, 2].map((epoch) => ({ epoch, train: scores, validation: scores })),
      bestEpoch: 2,
      testSpeakers: [hostile],
      clips: 24,
      unweightedAverageRecall: 0.5,
      accuracy: 0.5,
      temperature: 1.2,
      seconds: 60,
    })),
    members: [],
    confidentErrors: [
      {
        id: hostile,
        actual: "happy",
        predicted: "sad",
        confidence: 0.9,
        recording: {
          logMel: { data: Float32Array.of(0, 1, 2, 3), nMels: 2, frames: 2 },
          wavUri: "data:audio/wav;base64,AAAA",
        },
      },
    ],
    warnings: [hostile],
    command: hostile,
    recipe: { [hostile]: hostile },
    facts: [["Seed", hostile]],
    ...changes,
  };
}

test("every string of a hostile corpus is text in the report", () => {
  const page = renderReport(input());
  expect(page).not.toContain("<script");
  expect(page).not.toMatch(/\p{Cc}(?<![\n\t])/u);
  expect(page).toContain("&lt;script&gt;alert(1)&lt;/script&gt;");
});

test("the report asks nothing of the network", () => {
  const addresses = renderReport(input()).match(/\b(?:https?:)?\/\/[\w.]+|@import|url\((?!#)/g);
  expect(new Set(addresses)).toEqual(new Set(["http://www.w3.org"]));
});

test("a leaky split is said beside the score, and only then", () => {
  expect(renderReport(input({ leaky: true }))).toContain("Leaky split");
  const unseen = renderReport(input());
  expect(unseen).not.toContain("Leaky split");
  expect(unseen).toContain("test speakers are unseen");
});

test("a run of one speaker, without curves, errors or sexes, still makes a page", () => {
  const page = renderReport(input({ folds: [], confidentErrors: [], warnings: [] }, 1));
  expect(page).toContain("Only 1 speaker: no reliable interval.");
  expect(page).toContain("% for speaker");
  expect(page).not.toContain("NaN");
});

test("speakers with too few clips for a score are counted, and no speaker is passed over in silence", () => {
  const some = predictions(4).filter(({ speakerId }, n) => n < 40 || !speakerId.endsWith("0"));
  const few = some.filter(({ speakerId }, n) => !speakerId.endsWith("1") || n < 8);
  const labels = ["happy", "sad", "angry"];
  const page = renderReport(input({ evaluation: evaluate(few, few, labels) }));
  expect(page).toContain("1 of 4 speakers have fewer than 8 clips");
  const one = predictions(4).slice(0, 8);
  const none = renderReport(input({ evaluation: evaluate(one, one, labels) }));
  expect(none).toContain("Every speaker has fewer than 8 clips");
  expect(none).not.toContain("single test speaker");
});

test("the axis of risk holds the whole curve, and no two of its ticks read the same", () => {
  const curve = [0.01, 0.5, 1].map((coverage) => ({
    coverage,
    risk: 0.004 / coverage,
    confidence: 1,
  }));
  const chart = riskCoverageChart({ curve, areaUnderCurve: 0, coverageAtHalfRisk: 0 });
  const ticks = [...chart.matchAll(/>([\d.]+)%</g)].map(([, text]) => text!);
  expect(ticks.filter((text) => text === "1")).toHaveLength(1);
  const [, path = ""] = / d="(M[^"]+)"/.exec(chart.slice(chart.lastIndexOf("<path"))) ?? [];
  const heights = [...path.matchAll(/,(-?[\d.]+)/g)].map(([, y]) => Number(y));
  expect(Math.min(...heights)).toBeGreaterThanOrEqual(0);
});

test("the calibration text says what the numbers say", () => {
  const predicted = predictions(4);
  const calibration = calibrationOf(predicted);
  const withError = (value: number) => ({ ...calibration, expectedCalibrationError: { value } });
  expect(calibrationSentences(withError(0.047), withError(0.083))).toMatch(
    /raises .* 4\.7 to 8\.3/,
  );
  expect(calibrationSentences(withError(0.083), withError(0.047))).toMatch(
    /lowers .* 8\.3 to 4\.7/,
  );
  expect(calibrationSentences(withError(0.05), withError(0.05))).toMatch(/leaves .* at 5\.0/);
  const overconfident = predicted.map((prediction) => ({
    ...prediction,
    probabilities: [1, 0, 0],
  }));
  expect(calibrationSentences(calibration, calibrationOf(overconfident))).toContain(
    "overconfident",
  );
  const underconfident = predicted.map(({ actual, ...rest }) => ({
    ...rest,
    actual,
    probabilities: [0, 1, 2].map((label) => (label === actual ? 0.4 : 0.3)),
  }));
  expect(calibrationSentences(calibration, calibrationOf(underconfident))).toContain(
    "underconfident",
  );
});

test("each heading follows its level, each picture has a text, no id stands twice", () => {
  const page = renderReport(input());
  const levels = [...page.matchAll(/<h([1-6])/g)].map(([, level]) => Number(level));
  expect(levels[0]).toBe(1);
  for (const [index, level] of levels.entries()) {
    expect(level - (levels[index - 1] ?? level)).toBeLessThanOrEqual(1);
  }
  for (const [picture] of page.matchAll(/<(?:svg|img)[^>]*>/g)) {
    expect(picture).toMatch(/aria-label="[^"]+"|alt="[^"]+"/);
  }
  const ids = [...page.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id);
  expect(new Set(ids).size).toBe(ids.length);
});

test("a long clip has a spectrogram: its PNG is more than a call takes arguments", () => {
  const random = new Random(1, "picture");
  const data = Float32Array.from({ length: 80 * 4000 }, () => random.uniform());
  const uri = spectrogramDataUri({ data, nMels: 80, frames: 4000 });
  expect(uri.length).toBeGreaterThan(200_000);
});

test("a spectrogram's low bands are at the bottom and its peak is the brightest color", () => {
  const uri = spectrogramDataUri({ data: Float32Array.of(0, 0, 0, 0, 9, 5), nMels: 2, frames: 3 });
  const png = decode(Uint8Array.from(atob(uri.split(",")[1]!), (c) => c.charCodeAt(0)));
  expect([png.width, png.height]).toEqual([3, 2]);
  expect([...png.data]).toEqual([0, 255, 141, 0, 0, 0]);
  expect(png.palette?.at(255)).toEqual([252, 253, 191]);
  expect(() => spectrogramDataUri({ data: new Float32Array(3), nMels: 2, frames: 2 })).toThrow(
    "nMels × frames",
  );
});

test("charts of counts and lengths are whole files, of nothing and of hostile names too", () => {
  const chart = countsChart("Clips by emotion", [
    { name: hostile, count: 96 },
    { name: "calm", count: 192 },
  ]);
  expect(chart).toMatch(/^<svg[^>]*xmlns="http:\/\/www.w3.org\/2000\/svg"/);
  expect(chart).toContain(">192<");
  expect(chart).not.toContain("<script");
  expect(countsChart("None", [])).toContain("None");
  expect(histogramChart("Lengths", [3, 3.5, 4], "seconds")).toContain("seconds →");
  expect(histogramChart("Lengths", [], "seconds")).not.toContain("NaN");
});
