import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { testConditions } from "../../audio/augmentation/conditions.ts";
import type { Prediction } from "../../evaluation/prediction.ts";
import { conditionsDocument, conditionsTable } from "./conditions-document.ts";
import { writeConditions } from "./write-conditions.ts";

const speakers = 6;

/** Of two clips a speaker, `right` are predicted as they are. */
const predictions = (right: number): Prediction[] =>
  Array.from({ length: 2 * speakers }, (_, clip) => {
    const predicted = clip < right ? clip % 2 : 1 - (clip % 2);
    return {
      id: String(clip),
      speakerId: String(clip % speakers),
      actual: clip % 2,
      probabilities: [1 - predicted, predicted],
    };
  });

const document = conditionsDocument({
  name: "tiny|model",
  sha256: "0".repeat(64),
  trainedOn: ["home"],
  corpus: "away",
  labels: ["sad", "angry"],
  leftOut: [],
  seed: 1,
  noise: [{ corpus: "rain", recordings: 3, sha256: "1".repeat(64) }],
  clean: predictions(12),
  conditions: testConditions.map((condition, index) => ({
    condition,
    predictions: predictions(12 - index),
  })),
});

test("the table has a row for each condition with the points that it loses", () => {
  const { rows } = conditionsTable(document);
  expect(rows).toHaveLength(1 + testConditions.length);
  expect(rows[0]).toEqual(["clean", "100.0", "", "0.0", ""]);
  expect(rows[7]!.slice(0, 2)).toEqual(["noise 0 dB", "50.0"]);
  expect(rows[7]![3]).toBe("50.0");
  expect(document).toMatchObject({ clips: 12, speakers: 6, clean: { value: 1 } });
});

test("JSON, Markdown and a picture are written, with every condition in each", async () => {
  const folder = await mkdtemp(join(tmpdir(), "undertone-written-"));
  try {
    await writeConditions(folder, document);
    const [json, markdown, svg] = await Promise.all(
      ["json", "md", "svg"].map((type) => readFile(join(folder, `conditions.${type}`), "utf8")),
    );
    expect(JSON.parse(json!)).toEqual(JSON.parse(JSON.stringify(document)));
    for (const { name, description } of testConditions) {
      expect(markdown).toContain(`| ${name} `);
      expect(markdown).toContain(`- ${name}: ${description}`);
      expect(svg).toContain(name);
    }
    expect(markdown).toContain(String.raw`tiny\|model`);
    expect(markdown).toContain("rain (3 recordings)");
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
