import { beforeEach, expect, test } from "vitest";
import { UndertoneError } from "../../shared/errors.ts";
import { applied, type LabelEdit, type LabeledSegment } from "./edits.ts";
import type { LabelStore, RecordingLabels } from "./label-store.ts";
import { Labels, type LabelChannel } from "./labels.ts";

const recording = { id: "a", name: "call.wav", durationSec: 10 };
const target = (startSec: number, endSec: number) => ({
  startSec,
  endSec,
  speaker: null,
  by: "Ada",
});
const segment = (startSec: number, endSec: number, label: string): LabeledSegment => ({
  ...target(startSec, endSec),
  label,
});

/** What is kept, which all tabs share. */
class SharedStore implements LabelStore {
  isFull = false;
  readonly kept = new Map<string, RecordingLabels>();

  async read(id: string): Promise<RecordingLabels | undefined> {
    return this.kept.get(id);
  }

  async edit(id: string, name: string, edit: LabelEdit): Promise<readonly LabeledSegment[]> {
    if (this.isFull) throw new UndertoneError("disk-full", "Full.");
    const before = this.kept.get(id)?.segments ?? [];
    const segments = applied(before, edit) ?? before;
    this.kept.set(id, { name, segments });
    return segments;
  }
}

/** A channel as each tab has one: it tells all others. */
class Tabs {
  readonly #listeners = new Map<LabelChannel, (event: MessageEvent) => void>();

  channel(): LabelChannel {
    const own: LabelChannel = {
      postMessage: (data: unknown) => {
        for (const [channel, listener] of this.#listeners)
          if (channel !== own) listener(new MessageEvent("message", { data }));
      },
      addEventListener: (_: string, listener: unknown) => {
        // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the one listener there is
        this.#listeners.set(own, listener as (event: MessageEvent) => void);
      },
    };
    return own;
  }
}

let store: SharedStore;
let tabs: Tabs;
beforeEach(() => {
  store = new SharedStore();
  tabs = new Tabs();
});

const openTab = async (): Promise<Labels> => {
  const labels = new Labels(store, tabs.channel());
  labels.of("a");
  await labels.settled();
  return labels;
};

test("labels are there at once, are kept, and are there in the next tab", async () => {
  const labels = await openTab();
  labels.relabel(recording, target(0, 2), "sad");
  expect(labels.of("a").value).toEqual([segment(0, 2, "sad")]);
  await labels.settled();
  expect((await openTab()).of("a").value).toEqual([segment(0, 2, "sad")]);
  expect(store.kept.get("a")?.name).toBe("call.wav");
});

test("each edit is undone and redone; a new one ends what could be redone", async () => {
  const labels = await openTab();
  labels.relabel(recording, target(0, 2), "sad");
  labels.relabel(recording, target(0, 2), "calm");
  labels.move(recording, labels.of("a").value[0]!, { edge: "end", toSec: 3 });
  expect(labels.of("a").value).toEqual([segment(0, 3, "calm")]);
  labels.undo("a");
  labels.undo("a");
  expect(labels.of("a").value).toEqual([segment(0, 2, "sad")]);
  labels.redo("a");
  expect(labels.of("a").value).toEqual([segment(0, 2, "calm")]);
  labels.split(recording, labels.of("a").value[0]!, 1);
  const { canUndo, canRedo } = labels.historyOf("a");
  expect([canUndo.value, canRedo.value]).toEqual([true, false]);
  labels.undo("another recording");
  expect(labels.historyOf("another recording").canUndo.value).toBe(false);
  await labels.settled();
  expect(store.kept.get("a")?.segments).toEqual([segment(0, 1, "calm"), segment(1, 2, "calm")]);
});

test("labels that are given before those that are kept have loaded are added to them", async () => {
  store.kept.set("a", { name: "call.wav", segments: [segment(5, 6, "happy")] });
  const labels = new Labels(store, tabs.channel());
  labels.relabel(recording, target(0, 2), "sad");
  await labels.settled();
  expect(labels.of("a").value).toEqual([segment(0, 2, "sad"), segment(5, 6, "happy")]);
});

test("two tabs see each other's labels, and lose none of them", async () => {
  const [first, second] = [await openTab(), await openTab()];
  first.relabel(recording, target(0, 2), "sad");
  second.relabel(recording, target(4, 6), "happy");
  await Promise.all([first.settled(), second.settled()]);
  await Promise.all([first.settled(), second.settled()]);
  const both = [segment(0, 2, "sad"), segment(4, 6, "happy")];
  expect(first.of("a").value).toEqual(both);
  expect(second.of("a").value).toEqual(both);
});

test("what another tab has changed since is not undone", async () => {
  const [first, second] = [await openTab(), await openTab()];
  first.relabel(recording, target(0, 2), "sad");
  await first.settled();
  await second.settled();
  second.relabel(recording, target(0, 2), "happy");
  await second.settled();
  await first.settled();
  first.undo("a");
  expect(first.problem.value).toBe("changed-elsewhere");
  expect(first.of("a").value).toEqual([segment(0, 2, "happy")]);
});

test("where the storage is full the labels stay in the page, and it is said", async () => {
  const labels = await openTab();
  store.isFull = true;
  labels.relabel(recording, target(0, 2), "sad");
  await labels.settled();
  expect(labels.problem.value).toBe("storage-full");
  expect(labels.of("a").value).toEqual([segment(0, 2, "sad")]);
  expect(labels.isKeeping.value).toBe(true);
});

test("labels that could not be kept are kept with the next one", async () => {
  const labels = await openTab();
  store.isFull = true;
  labels.relabel(recording, target(0, 2), "sad");
  await labels.settled();
  store.isFull = false;
  labels.relabel(recording, target(4, 6), "happy");
  await labels.settled();
  const both = [segment(0, 2, "sad"), segment(4, 6, "happy")];
  expect(store.kept.get("a")?.segments).toEqual(both);
  expect(labels.of("a").value).toEqual(both);
  expect([labels.problem.value, labels.isKeeping.value]).toEqual([null, false]);
});
