import { dirname, resolve } from "node:path";
import { z } from "zod";
import type { Section } from "../audio/section.ts";
import { UndertoneError } from "../shared/errors.ts";
import { readText } from "../shared/files.node.ts";
import { lookAtFile, type FoundFile } from "./find-audio.node.ts";

/** A line of a manifest: the keys of NVIDIA NeMo's, whatever stands beside them. */
const entrySchema = z.object({
  audio_filepath: z.string().min(1),
  offset: z.number().nonnegative().optional(),
  duration: z.number().positive().optional(),
});

type Entry = z.infer<typeof entrySchema>;

/** One part of a list that is divided evenly: the `index`-th, from 1, of `count`. */
export interface Shard {
  readonly index: number;
  readonly count: number;
}

/** Returns every `count`-th item, so that all shards together hold each item once. */
export function shardOf<Item>(items: readonly Item[], { index, count }: Shard): Item[] {
  return items.filter((_, n) => n % count === index - 1);
}

/**
 * Reads a manifest of recordings: JSON Lines with `audio_filepath`, which may be relative to the manifest, and for a part of
 * a recording `offset` and `duration` in seconds. An entry that stands twice counts once.
 * @throws UndertoneError `usage` naming the line that is none, `file-not-found`, `file-unreadable`
 */
export async function readManifest(path: string, shard?: Shard): Promise<FoundFile[]> {
  const text = await readText(path);
  const wanted = new Map<string, Place>();
  for (const [n, line] of text.split("\n").entries()) {
    if (line.trim() === "") continue;
    const place = placeOf(parseEntry(line, path, n + 1), dirname(resolve(path)));
    wanted.set(place.file, place);
  }
  if (wanted.size === 0) throw new UndertoneError("usage", `${path}: names no recordings.`);
  const places = [...wanted.values()];
  const found: FoundFile[] = [];
  for (const { file, sound, section } of shard ? shardOf(places, shard) : places) {
    found.push({ ...(await lookAtFile(sound)), file, ...(section && { section }) });
  }
  return found;
}

function parseEntry(line: string, path: string, number: number): Entry {
  let problem: string;
  try {
    const { data, error } = entrySchema.safeParse(JSON.parse(line));
    if (data) return data;
    problem = error.issues.map((each) => `${each.path.join(".")}: ${each.message}`).join("; ");
  } catch {
    problem = "it is not JSON";
  }
  throw new UndertoneError(
    "usage",
    `${path}, line ${number}: ${problem}. Each line is an object such as {"audio_filepath": "a.wav"}.`,
    { path, line: number },
  );
}

interface Place {
  readonly file: string;
  readonly sound: string;
  readonly section?: Section;
}

/** A duration alone is a fact of the recording; with an offset it is a part of it. */
function placeOf({ audio_filepath, offset, duration }: Entry, folder: string): Place {
  const sound = resolve(folder, audio_filepath);
  if (offset === undefined || (offset === 0 && duration === undefined)) {
    return { file: sound, sound };
  }
  const endSec = duration === undefined ? Number.MAX_SAFE_INTEGER : offset + duration;
  const end = duration === undefined ? "" : `,${endSec}`;
  return { file: `${sound}#t=${offset}${end}`, sound, section: { startSec: offset, endSec } };
}
