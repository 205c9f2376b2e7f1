import { expect, test } from "vitest";
import { UndertoneError } from "./errors.ts";
import { receivedError, sendableError } from "./sent-errors.ts";

const received = (error: unknown): Error => receivedError(structuredClone(sendableError(error)));

test("a failure keeps its code, its place and what caused it", () => {
  const cause = new RangeError("mine");
  const place = { path: "clips.csv", line: 3, fold: 2 };
  const sent = new UndertoneError("dataset-invalid", "A bad row.", { cause, ...place });
  const error = received(sent);
  expect(error).toBeInstanceOf(UndertoneError);
  const { message, stack } = sent;
  expect(error).toMatchObject({ code: "dataset-invalid", message, stack, ...place });
  expect(error.cause).toBeInstanceOf(RangeError);
});

test("a caller's bug keeps its class, and what is no error becomes one", () => {
  expect(received(new TypeError("mine"))).toBeInstanceOf(TypeError);
  expect(received("mine")).toEqual(new Error("mine"));
});
