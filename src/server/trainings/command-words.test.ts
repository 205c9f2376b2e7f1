import { expect, test } from "vitest";
import { dataOf, resumingWords } from "./command-words.ts";

test("a command goes on in the run's folder, with its words as they were typed", () => {
  const command = String.raw`undertone train my.json --data 'my calls' --data=b --set 'name="it'\''s"' --out old`;
  expect(resumingWords(command, "/runs/a")).toEqual([
    ..."train my.json --data".split(" "),
    "my calls",
    "--data=b",
    "--set",
    `name="it's"`,
    ..."--out old --out /runs/a --resume".split(" "),
  ]);
  expect(dataOf(command)).toEqual(["my calls", "b"]);
});

test.each(["undertone demo", "", "undertone combine a b", "rm -rf train"])(
  "a run of %j cannot go on",
  (command) => {
    expect(() => resumingWords(command, "/runs/a")).toThrow(
      expect.objectContaining({ code: "run-invalid" }),
    );
  },
);
