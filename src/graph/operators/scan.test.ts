import { expect, test } from "vitest";
import { emitModel } from "../emit.ts";
import { nodeRuntime } from "../runtime.node.ts";
import { Session } from "../session.ts";
import { input, scalar, type Tensor } from "../tensor.ts";
import { add, multiply } from "./arithmetic.ts";
import { scan } from "./scan.ts";

const [steps, width] = [4, 2];
const x = input("x", [1, steps, width]);
const start = input("start", [1, width]);

/** States doubled, plus the item; what comes of a step is the state before it. */
const doubled = (reverse: boolean) =>
  scan({
    states: [start],
    sequences: [x],
    reverse,
    step: ({ states: [state], items: [item] }) => ({
      states: [add(multiply(state!, scalar(2)), item!)],
      items: [state!],
    }),
  });

async function run(outputs: Record<string, Tensor>) {
  const session = await Session.open(nodeRuntime, emitModel({ outputs, freeBatch: true }), {
    threads: 1,
  });
  const data = Float32Array.of(1, 10, 2, 20, 3, 30, 4, 40, 5, 50, 6, 60, 7, 70, 8, 80);
  const feeds = {
    x: { data, shape: [2, steps, width] },
    start: { data: Float32Array.of(1, 0, 0, 1), shape: [2, width] },
  };
  const results = await session.run(feeds);
  await session.close();
  return results;
}

test("a scan hands states on from item to item, for each row of a batch", async () => {
  const { states, items } = doubled(false);
  const { last, before } = await run({ last: states[0]!, before: items[0]! });
  expect([...last!]).toEqual([42, 260, 86, 876]);
  expect([...before!]).toEqual([1, 0, 3, 10, 8, 40, 19, 110, 0, 1, 5, 52, 16, 164, 39, 398]);
});

test("a reversed scan begins with the last item, and what comes of it stands last", async () => {
  const { states, items } = doubled(true);
  const { last, before } = await run({ last: states[0]!, before: items[0]! });
  expect([...last!]).toEqual([65, 490, 109, 1106]);
  expect([...before!].slice(0, 8)).toEqual([32, 240, 15, 110, 6, 40, 1, 0]);
});

test("a step that takes a tensor from outside is refused", () => {
  const { states } = scan({
    states: [start],
    sequences: [x],
    step: ({ states: [state] }) => ({ states: [add(state!, input("other", [1]))], items: [] }),
  });
  expect(() => emitModel({ outputs: { y: states[0]! } })).toThrow(RangeError);
});
