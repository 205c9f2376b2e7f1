import { stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { UndertoneError } from "../../shared/errors.ts";
import { isKnownLabel } from "../../shared/labels.ts";
import { LabelWords } from "../label-words.ts";
import { type Clip, unknownSpeaker } from "../manifest.ts";
import { Omissions, type ReadingNotes } from "../omissions.ts";
import { parseSplit } from "../split-words.ts";

const layoutRoles = ["label", "speaker", "split", "*"] as const;
type LayoutRole = (typeof layoutRoles)[number];

/** What the folders above a file are, the nearest first. */
export type FolderLayout = readonly LayoutRole[];

/** Folder names that can only be speakers: `Actor_01`, `spk3`, `F12`, `0011`. */
const speakerName =
  /^(?:actor|speaker|spk|subject|subj|sub|participant|person|user|id|s|p|f|m|w)?[ _-]?\d+$/i;

/**
 * Parses `--layout speaker/label`: the folders above each file in the order of its path; `*` is one that means nothing.
 * @throws UndertoneError `usage`
 */
export function parseLayout(text: string): FolderLayout {
  const named = text.split("/").map((name) => layoutRoles.find((role) => role === name.trim()));
  const layout = named.filter((role) => role !== undefined).toReversed();
  const isWhole = layout.length === named.length && layout.includes("label");
  if (isWhole && (["label", "speaker", "split"] as const).every((role) => isUnique(layout, role))) {
    return layout;
  }
  throw new UndertoneError(
    "usage",
    `--layout ${text}: give the folders above each file as label, speaker, split or *, such as speaker/label.`,
  );
}

/**
 * Returns what the folders above a corpus's files are, where their names tell: one level with the names of at least two known
 * labels, and levels of speakers and of splits. Levels are counted from the file, so that folders around the corpus do not matter.
 */
export function detectLayout(files: readonly string[]): FolderLayout | undefined {
  const folders = files.map(foldersOf);
  const depth = Math.max(0, ...folders.map(({ length }) => length));
  const levels = Array.from({ length: depth }, (_, level) => level);
  const [label, ...others] = levels.filter(
    (level) => namesAt(folders, level).filter(isKnownLabel).length > 1,
  );
  if (label === undefined || others.length > 0) return undefined;
  // Loose files and folders beside those of labels do not make the other levels unclear.
  const labeled = folders.filter((path) => isKnownLabel(path[label] ?? ""));
  const layout = levels.map((level): LayoutRole => {
    const names = namesAt(labeled, level);
    if (level === label) return "label";
    if (names.length === 0) return "*";
    if (names.every((name) => parseSplit(name) !== undefined)) return "split";
    return names.every((name) => speakerName.test(name)) ? "speaker" : "*";
  });
  return isUnique(layout, "speaker") && isUnique(layout, "split") ? layout : undefined;
}

const namesAt = (paths: readonly string[][], level: number): string[] => [
  ...new Set(paths.flatMap((path) => path[level] ?? [])),
];

const isUnique = (layout: FolderLayout, role: LayoutRole): boolean =>
  layout.indexOf(role) === layout.lastIndexOf(role);

/**
 * Reads a corpus whose folders name its labels, and maybe its speakers and splits. Second copies, of the same place in the
 * layout, name and size, are left out.
 * @throws UndertoneError `dataset-invalid` where no clip has a label
 */
export async function readClassFolders(
  root: string,
  files: readonly string[],
  layout: FolderLayout,
): Promise<{ readonly clips: Clip[] } & ReadingNotes> {
  const omissions = new Omissions();
  const words = new LabelWords();
  const clips = new Map<string, Clip>();
  const nameIn = (folders: readonly string[], role: LayoutRole): string =>
    folders[layout.indexOf(role)] ?? "";
  const hasKnownLabels = files.some((file) => isKnownLabel(nameIn(foldersOf(file), "label")));
  for (const file of files) {
    const folders = foldersOf(file);
    const named = (role: LayoutRole): string => nameIn(folders, role);
    const emotion = words.read(named("label"));
    const speakerId = layout.includes("speaker") ? named("speaker") : unknownSpeaker;
    const split = parseSplit(named("split"));
    // A known label in another place: this file lies deeper or less deep than the layout has it.
    const isElsewhere =
      hasKnownLabels && !isKnownLabel(named("label")) && folders.some(isKnownLabel);
    if (emotion === undefined || speakerId === "" || isElsewhere) {
      omissions.add("folders of another layout", file);
      continue;
    }
    const clip: Clip = {
      id: file,
      path: join(root, file),
      emotion,
      speakerId,
      ...(split && { split }),
    };
    const place = [split, speakerId, emotion, basename(file)].join("/");
    const twin = clips.get(place);
    if (twin && (await sizeOf(twin.path)) === (await sizeOf(clip.path))) {
      omissions.add("second copy of a clip", file);
    } else {
      clips.set(twin ? `${place}/${file}` : place, clip);
    }
  }
  if (clips.size === 0) {
    throw new UndertoneError("dataset-invalid", `${root}: no folder above a file names a label.`);
  }
  return {
    clips: [...clips.values()].toSorted((a, b) => (a.id < b.id ? -1 : 1)),
    leftOut: omissions.list(),
    warnings: words.warnings(),
    renamed: words.renamed(),
  };
}

/** The folders above a file, the nearest first. */
const foldersOf = (file: string): string[] => file.split("/").slice(0, -1).toReversed();

const sizeOf = async (path: string): Promise<number | undefined> =>
  stat(path).then(
    ({ size }) => size,
    () => undefined,
  );
