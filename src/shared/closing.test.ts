import { expect, test } from "vitest";
import { openTogether } from "./closing.ts";

const thing = (closed: string[], name: string, failure?: Error) => ({
  close: async () => {
    closed.push(name);
    if (failure) throw failure;
  },
});

test("resources opened before a failure are closed, even if closing fails, and the failure is thrown", async () => {
  const closed: string[] = [];
  const opening = openTogether(async (keep) => {
    keep(thing(closed, "first", new Error("does not close")));
    keep(thing(closed, "second"));
    throw new Error("no third");
  });
  await expect(opening).rejects.toThrow("no third");
  expect(closed).toEqual(["first", "second"]);
});

test("what could all be opened stays open", async () => {
  const closed: string[] = [];
  expect(await openTogether(async (keep) => keep(thing(closed, "only")))).toBeDefined();
  expect(closed).toEqual([]);
});
