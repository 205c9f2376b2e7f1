import { expect, test } from "vitest";
import { emitModel } from "../graph/emit.ts";
import { input } from "../graph/tensor.ts";
import { adapterTensors, heardThrough, readAdapter, trainedAdapter } from "./adapter.ts";

const weights = new Map([
  ["moonshine-tiny.a.down", Float32Array.of(1, 2, 3, 4)],
  ["moonshine-tiny.a.up", Float32Array.of(5, 6)],
  ["moonshine-tiny.layers", Float32Array.of(7)],
]);
const adapter = trainedAdapter(weights, "moonshine-tiny", 2);

function fileWith(tensors: ReturnType<typeof adapterTensors>): Uint8Array {
  return emitModel({ outputs: { y: input("x", [1]) }, carried: tensors });
}

const reading =
  (...tensors: ReturnType<typeof adapterTensors>) =>
  () =>
    readAdapter(fileWith(tensors), "moonshine-tiny");

test("a file carries an adapter to where it is added", () => {
  const tensors = adapterTensors("moonshine-tiny", adapter);
  expect(tensors.map(({ shape }) => shape)).toEqual([
    [2, 2],
    [2, 1],
  ]);
  const file = fileWith(tensors);
  expect(readAdapter(file, "moonshine-tiny")).toEqual(adapter);
  expect(adapter.get("a")).toMatchObject({ rank: 2, up: Float32Array.of(5, 6) });
  expect(readAdapter(file, "moonshine-base").size).toBe(0);
});

test("an adapter that the card tells of and the file lacks is refused", () => {
  const heard = { name: "moonshine-tiny" as const, layers: [1] };
  const card = {
    name: "head",
    labels: ["sad", "angry"],
    temperature: 1,
    provenance: {},
    sampleRate: 16_000,
    windowSec: 2,
  };
  const without = fileWith([]);
  expect(heardThrough(without, { ...card, encoders: [heard] })).toEqual([heard]);
  const adapted = { ...card, encoders: [{ ...heard, adapted: true }] };
  expect(() => heardThrough(without, adapted)).toThrow(/adapter of moonshine-tiny is missing/);
  const whole = fileWith(adapterTensors("moonshine-tiny", adapter));
  expect(heardThrough(whole, adapted)).toEqual([{ ...heard, adapter }]);
});

test("half an adapter, halves of other ranks and what are no numbers are refused", () => {
  const [down, up] = adapterTensors("moonshine-tiny", adapter);
  expect(reading(down!)).toThrow(/damaged at moonshine-tiny\.a\.up/);
  expect(reading(down!, { ...up!, shape: [1, 2] })).toThrow(/damaged at moonshine-tiny\.a\.up/);
  const values = Float32Array.of(1, Number.NaN, 3, 4);
  expect(reading({ ...down!, values }, up!)).toThrow(/damaged at moonshine-tiny\.a\.down/);
});
