import * as fc from "fast-check";
import { expect, test } from "vitest";
import { UndertoneError } from "../shared/errors.ts";
import { checksum, decodeCheckpoint, encodeCheckpoint } from "./checkpoint.ts";
import { initialTrainingState, type TrainingState } from "./training-state.ts";

/** A state with everything that a state can have; its numbers include the awkward ones. */
function state(): TrainingState {
  return {
    epoch: 3,
    seconds: 12.5,
    weights: new Map([
      ["blocks.0.convolution", Float32Array.of(1, -0, 1e-45, 3.4e38)],
      ["empty", new Float32Array()],
      ["a name\nof two lines", Float32Array.of(0.1)],
    ]),
    average: new Map([["w", Float32Array.of(5)]]),
    optimizer: {
      step: 99,
      first: new Map([["w", Float32Array.of(6, 7)]]),
      second: new Map([["w", Float32Array.of(8)]]),
    },
    validationLosses: [2.1, 0.1 + 0.2],
    best: { epoch: 2, score: -0.1, weights: new Map([["w", Float32Array.of(9)]]) },
  };
}

test("a state comes back bit for bit", () => {
  expect(decodeCheckpoint(encodeCheckpoint(state()))).toEqual(state());
});

test("a state without average, best or memory comes back", () => {
  const first = initialTrainingState(new Map([["w", Float32Array.of(1, 2)]]), { averaged: false });
  expect(decodeCheckpoint(encodeCheckpoint(first))).toEqual(first);
});

test("weights that are views of a larger buffer are saved as themselves", () => {
  const weights = new Map([["w", Float32Array.of(1, 2, 3, 4).subarray(1, 3)]]);
  const decoded = decodeCheckpoint(
    encodeCheckpoint(initialTrainingState(weights, { averaged: true })),
  );
  expect([...decoded.weights.get("w")!]).toEqual([2, 3]);
});

test("a checkpoint may stand anywhere in a buffer, as Node's small files do", () => {
  const bytes = encodeCheckpoint(state());
  const shifted = new Uint8Array(bytes.length + 3);
  shifted.set(bytes, 3);
  expect(decodeCheckpoint(shifted.subarray(3))).toEqual(state());
});

test("a checkpoint may be a Buffer, as Node reads files", () => {
  expect(decodeCheckpoint(Buffer.from(encodeCheckpoint(state())))).toEqual(state());
});

function codeOf(bytes: Uint8Array): string {
  try {
    decodeCheckpoint(bytes);
  } catch (error) {
    if (error instanceof UndertoneError) return error.code;
    throw error;
  }
  return "decoded";
}

/** A checkpoint whose checksum is right, of any content. */
function checkpointOf(content: Uint8Array): Uint8Array {
  const head = new TextEncoder().encode(`UNDERTONE CHECKPOINT 2\n${checksum(content)}\n`);
  return Uint8Array.of(...head, ...content);
}

test("the checksum is FNV-1a, with the values that its authors give", () => {
  const sums = ["", "a", "foobar"].map((text) => checksum(new TextEncoder().encode(text)));
  expect(sums).toEqual(["811c9dc5", "e40c292c", "bf9cf968"]);
});

test("every part of a checkpoint that is cut short, or longer, is `checkpoint-invalid`", () => {
  const bytes = encodeCheckpoint(state());
  for (let length = 0; length < bytes.length; length++) {
    expect(codeOf(bytes.subarray(0, length))).toBe("checkpoint-invalid");
  }
  const longer = new Uint8Array(bytes.length + 4);
  longer.set(bytes);
  expect(codeOf(longer)).toBe("checkpoint-invalid");
});

test("one flipped bit anywhere is `checkpoint-invalid`", () => {
  const bytes = encodeCheckpoint(state());
  for (let bit = 0; bit < 8 * bytes.length; bit++) {
    const damaged = bytes.slice();
    damaged[bit >> 3]! ^= 1 << (bit & 7);
    expect(codeOf(damaged)).toBe("checkpoint-invalid");
  }
});

test("another version, another file and garbage are `checkpoint-invalid`", () => {
  const bytes = encodeCheckpoint(state());
  const text = new TextDecoder("latin1").decode(bytes);
  const other = text.replace("CHECKPOINT 2", "CHECKPOINT 1");
  expect(codeOf(Uint8Array.from(other, (c) => c.charCodeAt(0)))).toBe("checkpoint-invalid");
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), (garbage) => {
      expect(codeOf(garbage)).toBe("checkpoint-invalid");
      expect(codeOf(checkpointOf(garbage))).toBe("checkpoint-invalid");
    }),
  );
});

const headers: readonly (readonly [string, string])[] = [
  ["null", "null"],
  ["an empty object", "{}"],
  ["groups that are no lists", '{"groups":{"weights":3}}'],
  ["a length below nought", '{"groups":{"weights":[["a",2],["b",-2]]}}'],
  ["no weights", '{"epoch":1,"validationLosses":[],"groups":{}}'],
  [
    "an epoch that is no number",
    '{"epoch":"x","seconds":1,"optimizerStep":1,"validationLosses":[],"best":null,"groups":{"weights":[]}}',
  ],
  [
    "losses that are no numbers",
    '{"epoch":1,"seconds":1,"optimizerStep":1,"validationLosses":[null],"best":null,"groups":{"weights":[]}}',
  ],
];

test.each(headers)("a header with %s is `checkpoint-invalid`", (_, header) => {
  const content = new TextEncoder().encode(`${header}\n`);
  expect(codeOf(checkpointOf(content))).toBe("checkpoint-invalid");
});
