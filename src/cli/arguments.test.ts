import { defineCommand, type ArgsDef } from "citty";
import { expect, test } from "vitest";
import { checkArguments, resolveCommand, wholeNumber } from "./arguments.ts";

const args = {
  paths: { type: "positional" },
  model: { type: "string", alias: "m" },
  format: { type: "enum", options: ["table", "json"] },
  windowSec: { type: "string" },
  resume: { type: "boolean" },
} satisfies ArgsDef;

const complaint = (line: readonly string[], variadic = false): string => {
  try {
    checkArguments(args, line, { variadic });
    return "";
  } catch (error) {
    return error instanceof Error ? error.message : "";
  }
};

test.each([
  [["a.wav"]],
  [["a.wav", "--model", "m.onnx", "--resume"]],
  [["a.wav", "-m", "m.onnx", "--format=json", "--no-resume"]],
  [["a.wav", "--window-sec", "-3"]],
  [["--", "--odd-name.wav"]],
])("accepts %j", (line) => {
  expect(complaint(line)).toBe("");
});

test.each([
  [["a.wav", "--modle", "x"], 'There is no option --modle. Did you mean "--model"?'],
  [
    ["a.wav", "--zebra"],
    "There is no option --zebra. Options: --model, --format, --window-sec, --resume, --help, --version, --verbose.",
  ],
  [["a.wav", "--model"], "Option --model needs a value."],
  [["a.wav", "--model", "--resume"], "Option --model needs a value."],
  [["a.wav", "--model="], "Option --model needs a value."],
  [["a.wav", "--resume=maybe"], "Option --resume is a switch and takes no value."],
  [["a.wav", "b.wav"], 'Unexpected argument "b.wav".'],
])("refuses %j", (line, message) => {
  expect(complaint(line)).toBe(message);
});

test("a variadic command takes many arguments", () => {
  expect(complaint(["a.wav", "b.wav"], true)).toBe("");
});

test("commands are found in the tree, and a wrong name brings the nearest", async () => {
  const check = defineCommand({ meta: { name: "check" }, run: () => undefined });
  const dataset = defineCommand({ subCommands: { check: async () => check } });
  const root = defineCommand({ subCommands: { dataset } });
  const found = await resolveCommand(root, ["dataset", "check", "folder"]);
  expect(found).toEqual({ command: check, path: ["dataset", "check"], rest: ["folder"] });
  await expect(resolveCommand(root, ["datset"])).rejects.toMatchObject({
    code: "usage",
    message: 'There is no command "datset". Did you mean "dataset"? Commands: dataset.',
  });
  await expect(resolveCommand(root, ["dataste"])).rejects.toThrow('Did you mean "dataset"?');
  await expect(resolveCommand(root, ["toString"])).rejects.toMatchObject({ code: "usage" });
});

test("whole numbers are read strictly", () => {
  expect(wholeNumber("--jobs", "4")).toBe(4);
  for (const text of ["0", "-1", "1.5", "1e3", "four", "", "99999999999999999999"]) {
    expect(() => wholeNumber("--jobs", text)).toThrow("--jobs takes a whole number");
  }
});
