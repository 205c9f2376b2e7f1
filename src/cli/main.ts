#!/usr/bin/env node
import { inspect } from "node:util";
import { CommanderError } from "@commander-js/extra-typings";
import { UndertoneError } from "../shared/errors.ts";
import { fileError, systemCode } from "../shared/files.node.ts";
import { openCommandLine } from "./commands.ts";
import { exitCodes } from "./exit-codes.ts";
import { printableLines } from "./printable.ts";
import { typeable } from "./typeable.ts";

const undertone = await openCommandLine(process.argv.slice(2));

/** Tells a person what went wrong and returns the process's exit code. */
function report(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode; // help or version was printed
  if (error instanceof UndertoneError) {
    process.stderr.write(`undertone: ${typeable(printableLines(error.message))}\n`);
    const isVerbose = undertone.opts().verbose ?? Boolean(process.env["DEBUG"]);
    if (isVerbose) process.stderr.write(`${inspect(error)}\n`);
    return exitCodes[error.code];
  }
  process.stderr.write(
    `undertone: this is an error in undertone itself. Please report it with these lines:\n${inspect(error)}\n`,
  );
  return 1;
}

for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (error) => {
    if (systemCode(error) === "EPIPE") process.exit();
    if (stream === process.stderr) process.exit(1); // nowhere left to complain to
    process.exit(report(fileError("Standard output", error)));
  });
}
try {
  await undertone.parseAsync();
} catch (error) {
  process.exitCode = report(error);
  // Work that was left is still at its step.
  if (error instanceof UndertoneError && error.code === "cancelled") process.exit();
}
