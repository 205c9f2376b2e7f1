import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import path, { basename, extname, join, resolve } from "node:path";
import type { Analysis } from "../recognition/analysis.ts";
import type { FileResult } from "../recognition/file-result.node.ts";
import type { FileFields } from "../reports/recordings/file-fields.node.ts";
import type { MomentsInput } from "../reports/recordings/moments-section.ts";
import { RecordingList } from "../reports/recordings/recording-list.ts";
import {
  recordingHeader,
  renderRecording,
  type Facts,
} from "../reports/recordings/recording-page.ts";
import { linkTo, readRecordingSound } from "../reports/recordings/recording-sound.node.ts";
import { analysisFacts } from "../reports/recordings/analysis-facts.ts";
import { writePrivateFile } from "../shared/files.node.ts";
import { wayBelow } from "../shared/paths.ts";
import { MomentList, type MomentChoice } from "./moment-list.ts";
import type { AnalysisPrinter } from "./print-analysis.ts";

interface PageOptions {
  /** The page to write; of several recordings it is their list. */
  readonly out: string;
  readonly fields: FileFields;
  readonly moments: MomentChoice | undefined;
  readonly signal: AbortSignal;
}

/** Returns what writes the page of the only recording. */
export function createPage(options: PageOptions): AnalysisPrinter {
  const { out } = options;
  return {
    print: async (result) => {
      if ("error" in result) return;
      await writePage(result, { ...options, page: out, embed: true });
      console.log(`Wrote ${out}`);
    },
    end: async () => undefined,
  };
}

/**
 * Returns what writes a page for each recording, as its result comes, and at the end the list of all. A page of an earlier
 * process is written again where it is gone, or where the recording's fields are others now.
 */
export function createList(options: PageOptions, folders: readonly string[]): AnalysisPrinter {
  const { out, fields, moments: choice } = options;
  const list = new RecordingList(fields.names);
  const moments = choice && new MomentList(choice);
  const nameOf = (file: string): string => nameBelow(folders, file);
  const hrefOf = (file: string): string => linkTo(pageOf(out, file), out);
  const written = new Set<string>();
  const optionsOf = (file: string): ListedOptions => {
    const page = pageOf(out, file);
    return { ...options, page, embed: false, list: linkTo(out, page) };
  };
  return {
    prepare: async (result) => {
      if ("error" in result) return;
      await writePage(result, optionsOf(result.file));
      written.add(result.file);
    },
    print: async (result) => {
      const { file } = result;
      moments?.add(result);
      if ("error" in result) list.addFailure(nameOf(file), withoutPath(result.error.message, file));
      else {
        const its = optionsOf(file);
        if (!written.has(file) && !(await hasPage(result, its))) await writePage(result, its);
        const own = { name: nameOf(file), href: hrefOf(file), fields: fields.of(file) };
        list.add({ ...own, analysis: result });
      }
    },
    end: async ({ isComplete }) => {
      if (!isComplete) return;
      const shown = choice && moments && momentsOf(choice, moments, { nameOf, hrefOf });
      await writePrivateFile(out, await list.render(basename(out, extname(out)), shown));
      console.log(`Wrote ${out}, with a page for each recording in ${folderOf(out)}`);
    },
  };
}

function momentsOf(
  { emotion }: MomentChoice,
  list: MomentList,
  of: Readonly<Record<"nameOf" | "hrefOf", (file: string) => string>>,
): MomentsInput {
  const moments = list.moments.map(({ file, ...segment }) => ({
    segment,
    name: of.nameOf(file),
    href: of.hrefOf(file),
  }));
  return { emotion, moments };
}

const withoutPath = (message: string, file: string): string =>
  message.startsWith(`${file}: `) ? message.slice(file.length + 2) : message;

/** The folder of a list's pages: beside it, `calls-pages` for `calls.html`. */
const folderOf = (out: string): string => `${out.slice(0, -extname(out).length)}-pages`;

/** Other characters are read in links, or forbidden in names by some systems. */
const inNames = /[^\p{L}\p{N}._-]+/gu;

/** Returns the path of a recording's page: its name, and what tells it from others of that name. */
export function pageOf(out: string, file: string): string {
  const stem = basename(file, extname(file)).replaceAll(inNames, "-").slice(0, 50);
  const digest = createHash("sha256").update(file).digest("hex").slice(0, 8);
  return join(folderOf(out), `${stem}-${digest}.html`);
}

/** Returns a file's path below the folder that it was found in. */
function nameBelow(folders: readonly string[], file: string): string {
  const below = folders
    .map((folder) => wayBelow(resolve(folder), file, path))
    .filter((way) => way !== undefined);
  return below[0] ?? basename(file);
}

interface WriteOptions extends PageOptions {
  readonly page: string;
  /** Whether a short recording is embedded. */
  readonly embed: boolean;
  /** Link to the list. */
  readonly list?: string;
}

type ListedOptions = WriteOptions & { readonly list: string };

type Analyzed = FileResult & Analysis;

/** Returns whether a page has been written of an analysis and its fields. */
async function hasPage(result: Analyzed, { page, list, fields }: ListedOptions): Promise<boolean> {
  const { file } = result;
  const text = await readFile(page, "utf8").catch(() => "");
  const input = { name: basename(file), analysis: result, fields: pairsOf(fields, file), list };
  return text.includes(recordingHeader(input).text);
}

async function writePage(result: Analyzed, options: WriteOptions): Promise<void> {
  const { page, embed, list, fields, moments: choice, signal } = options;
  const { file, settings, speakers, durationSec } = result;
  const areSplit = speakers.some(({ channel }) => channel !== null);
  const sound = await readRecordingSound(file, {
    durationSec,
    areSplit,
    channels: areSplit ? "split" : settings.channels,
    track: settings.track ?? undefined,
    page,
    embed,
    signal,
  });
  const moments = choice && list === undefined ? new MomentList(choice) : undefined;
  moments?.add(result);
  const input = {
    name: basename(file),
    analysis: result,
    sound,
    fields: pairsOf(fields, file),
    facts: analysisFacts(settings, result),
    list,
    moments:
      choice && moments && momentsOf(choice, moments, { nameOf: () => "", hrefOf: () => "" }),
  };
  await writePrivateFile(page, await renderRecording(input));
}

function pairsOf(fields: FileFields, file: string): Facts {
  const values = fields.of(file);
  return fields.names.flatMap((name, n) => (values[n] ? [[name, values[n]] as const] : []));
}
