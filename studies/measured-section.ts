import { readFile } from "node:fs/promises";
import { writeFileAtomically } from "../src/shared/files.node.ts";
import { describeMachine, describeVersions } from "../bench/speed/document.ts";

/** Returns the date, machine and versions of a measurement in one line. */
export function measuredOn(): string {
  const facts = Object.entries({ ...describeMachine(), ...describeVersions() });
  return `${new Date().toISOString().slice(0, 10)}; ${facts.map((fact) => fact.join(" ")).join(", ")}.`;
}

/** Writes results between the marks `<!-- measured -->` and `<!-- /measured -->` of a file. */
export async function writeMeasured(path: string, measured: string): Promise<void> {
  const [start, end] = ["<!-- measured -->", "<!-- /measured -->"];
  const page = await readFile(path, "utf8");
  const [from, to] = [page.indexOf(start), page.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`${path}: needs the marks ${start} and ${end}.`);
  const written = `${page.slice(0, from + start.length)}\n\n${measured}\n\n${page.slice(to)}`;
  await writeFileAtomically(path, written);
}
