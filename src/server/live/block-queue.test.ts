import { expect, test } from "vitest";
import { BlockQueue } from "./block-queue.ts";

const block = (length: number): Float32Array => new Float32Array(length);

test("blocks are as long as is asked for when their last samples come", async () => {
  let least = 3;
  const queue = new BlockQueue({ least: () => least, most: 100 }, () => undefined);
  const blocks = queue[Symbol.asyncIterator]();
  const lengthOfNext = async (): Promise<number> => (await blocks.next()).value!.length;
  queue.push(block(2));
  const first = lengthOfNext();
  queue.push(block(2));
  expect(await first).toBe(4);
  least = 10;
  const second = lengthOfNext();
  queue.push(block(9));
  await Promise.resolve();
  expect(queue.samples).toBe(9);
  expect(queue.overdue).toBe(0);
  queue.push(block(4));
  expect(queue.overdue).toBe(3);
  expect(await second).toBe(13);
});

test("the last samples come at the end, however few, and then no more", async () => {
  const queue = new BlockQueue({ least: () => 10, most: 3 }, () => undefined);
  for (const length of [2, 2, 1]) queue.push(block(length));
  queue.end();
  queue.push(block(1));
  const lengths: number[] = [];
  for await (const { length } of queue) lengths.push(length);
  expect(lengths).toEqual([2, 3]);
});
