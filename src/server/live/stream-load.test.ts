import { expect, test } from "vitest";
import { StreamLoad, type LoadedStream } from "./stream-load.ts";

interface FakeStream extends LoadedStream {
  lateSec: number;
}

/** Returns a load of so many streams, and which of them were closed. */
function loadOf(count: number, least = 1) {
  const shed: number[] = [];
  const load = new StreamLoad(100, least);
  const streams = Array.from({ length: count }, (_, n): FakeStream => ({
    lateSec: 0,
    shed: () => shed.push(n),
  }));
  for (const stream of streams) load.add(stream);
  const late = (lateSec: number): void => {
    for (const stream of streams) stream.lateSec = lateSec;
  };
  return { load, shed, late };
}

const refused = expect.objectContaining({ code: "overloaded", retryAfterSec: 10 });

test("streams that keep up stay, and others are let in", () => {
  const { load, shed, late } = loadOf(8);
  late(2.9);
  load.check(0);
  load.check(1000);
  load.assertRoom();
  expect(shed).toEqual([]);
});

test("where streams are late, the last ones are closed until the others catch up", () => {
  const { load, shed, late } = loadOf(8);
  late(4);
  load.check(-1000);
  expect(shed).toEqual([]);
  load.check(0);
  expect(shed).toEqual([6, 7]);
  late(4.5);
  load.check(1000);
  expect(shed).toEqual([6, 7, 4, 5]);
  late(3.5);
  load.check(2000);
  expect(shed).toHaveLength(4);
  expect([load.size, load.lateSec]).toEqual([4, 3.5]);
});

test("after that no more are let in than those that were kept, for half a minute", () => {
  const { load, late } = loadOf(4);
  late(4);
  load.check(-1000);
  load.check(0);
  late(0);
  load.check(30_000);
  expect(() => load.assertRoom()).toThrow(refused);
  load.check(30_001);
  load.assertRoom();
});

test("as many as there are workers are never closed", () => {
  const { load, shed, late } = loadOf(2, 2);
  late(60);
  load.check(-1000);
  load.check(0);
  expect(shed).toEqual([]);
  load.assertRoom();
});
