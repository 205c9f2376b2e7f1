import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { emotions } from "../shared/emotions.ts";
import { meaningOf, textLabels } from "./labels.ts";

test("a label means one of the eight, or is left out, or is unknown", () => {
  expect(meaningOf("dailydialog", "4")).toBe("happy");
  expect(meaningOf("dair-emotion", "love")).toBe("left out");
  expect(meaningOf("dair-emotion", "disgust")).toBeUndefined();
  expect(meaningOf("meld", "toString")).toBeUndefined();
});

test("docs/reference/corpora.md has this very table", () => {
  const meanings = [...emotions.filter((emotion) => emotion !== "calm"), "left out"];
  const rows = Object.entries(textLabels).map(([corpus, labels]) => {
    const cells = meanings.map((meaning) =>
      Object.keys(labels)
        .filter((label) =>
          Object.entries(labels).some((pair) => pair.join() === `${label},${meaning}`),
        )
        .join(", "),
    );
    return ["", corpus, ...cells, ""].join("|");
  });
  const page = readFileSync(new URL("../../docs/reference/corpora.md", import.meta.url), "utf8");
  const lines = page.split("\n").map((line) => line.replace(/\s*\|\s*/g, "|"));
  for (const row of rows) expect(lines).toContain(row);
});
