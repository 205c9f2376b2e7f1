import { expect, test } from "vitest";
import { distinctNames } from "./distinct-names.ts";

const run = (name: string, runFolder: string) => ({ name, runFolder });

test("a run keeps its name, runs of one recipe have those of their folders", () => {
  const runs = [run("cnn", "runs/a"), run("gru", "../runs/b"), run("cnn", "../c/")];
  expect(distinctNames(runs)).toEqual(["a", "gru", "c"]);
});

test("runs in folders of one name, or named as another's folder, have their paths", () => {
  const sameFolder = [run("cnn", "x/trial"), run("cnn", "y/trial")];
  expect(distinctNames(sameFolder)).toEqual(["x/trial", "y/trial"]);
  const taken = [run("cnn", "runs/gru"), run("cnn", "runs/b"), run("gru", "runs/c")];
  expect(distinctNames(taken)).toEqual(["runs/gru", "b", "runs/c"]);
});
