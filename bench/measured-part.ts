import { readFile } from "node:fs/promises";
import { writeFileAtomically } from "../src/shared/files.node.ts";
import { describeMachine, describeVersions } from "./document.ts";

/** When and on what was measured, as the first line of a page. */
export function measuredWhere(): string {
  const facts = Object.entries({ ...describeMachine(), ...describeVersions() });
  return `${new Date().toISOString().slice(0, 10)}; ${facts.map((fact) => fact.join(" ")).join(", ")}.`;
}

/** Writes what was measured between the marks `<!-- measured -->` and `<!-- /measured -->` of a file. */
export async function writeMeasured(path: string, measured: string): Promise<void> {
  const [start, end] = ["<!-- measured -->", "<!-- /measured -->"];
  const document = await readFile(path, "utf8");
  const [from, to] = [document.indexOf(start), document.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`${path}: wants the marks ${start} and ${end}.`);
  const written = `${document.slice(0, from + start.length)}\n\n${measured}\n\n${document.slice(to)}`;
  await writeFileAtomically(path, written);
}
