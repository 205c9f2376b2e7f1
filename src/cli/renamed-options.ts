import type { CommanderError } from "@commander-js/extra-typings";
import type { AnyCommand } from "./command.ts";

/** What people type, from older versions or other tools, and what it is called here. */
const renamedOptions: ReadonlyMap<string, string> = new Map([
  ["--asr", "--transcriber"],
  ["--batch-size", "--set training.batchSize=…"],
  ["--calibrated-by", "--calibrate-from"],
  ["--companions", "--extra-data"],
  ["--dropout", "--set model.dropout=…"],
  ["--learning-rate", "--set training.learningRate=…"],
  ["--lr", "--set training.learningRate=…"],
  ["--output", "--out"],
  ["--pretrained", "--init-from"],
  ["--speech", "--transcriber"],
  ["--start", "--init-from"],
  ["--stt", "--transcriber"],
  ["--with", "--extra-data"],
  ["--words", "--text-model"],
  ["--workers", "--jobs"],
]);

/** Returns commander's message with the option that was meant, where it has another name. */
export function fittingName({ code, message }: CommanderError, command: AnyCommand): string {
  if (code !== "commander.unknownOption") return message;
  const [, flag = ""] = /'(--[^'=]+)/.exec(message) ?? [];
  const meant = renamedOptions.get(flag);
  const isKnown = command.options.some(({ long }) => long === meant?.split(" ")[0]);
  return isKnown ? `error: unknown option '${flag}'\n(Did you mean ${meant}?)` : message;
}
