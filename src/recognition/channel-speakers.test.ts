import { expect, test } from "vitest";
import type { Turn } from "../shared/turns.ts";
import { channelSpeakers, runSpeakers } from "./channel-speakers.ts";

const names = (speakers: readonly { readonly speaker: string | null }[]): (string | null)[] =>
  speakers.map(({ speaker }) => speaker);

test.each([
  [[], ["speaker 1", "speaker 2", "speaker 3"]],
  [["agent"], ["agent", "speaker 2", "speaker 3"]],
  [["speaker 2"], ["speaker 2", "speaker 3", "speaker 4"]],
  [
    ["speaker 3", "speaker 4"],
    ["speaker 3", "speaker 4", "speaker 5"],
  ],
])("no two channels have one name: %j", (roles, expected) => {
  expect(names(channelSpeakers(3, { roles }))).toEqual(expected);
});

test("no two speakers of one channel have one name", () => {
  const turns: Turn[] = ["speaker 1", "speaker 2", "anna"].map((speaker, n) => ({
    speaker,
    startSec: n,
    endSec: n + 1,
  }));
  const recording = { turns, sampleRate: 8000 };
  expect(names(runSpeakers(recording, { roles: ["speaker 2"] }))).toEqual([
    "speaker 2",
    "speaker 3",
    "anna",
  ]);
  const only = { roles: ["speaker 2"], only: ["speaker 2"] };
  expect(runSpeakers(recording, only)).toHaveLength(1);
});
