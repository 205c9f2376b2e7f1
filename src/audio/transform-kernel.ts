import {
  get,
  increase,
  load,
  op,
  openKernel,
  set,
  store,
  vectors,
  whole,
} from "./wasm-assembly.ts";
import type { Kernel } from "./wasm-assembly.ts";

/** Where the first step is, and where the last one ends, in bytes of the kernel's memory. */
const parameters = ["step", "end"] as const;
/** Numbers of local variables; those from 5 on are vectors. */
const [step, end, a, b, to] = [0, 1, 2, 3, 4];
const [cos, sin, aRe, aIm, bRe, bIm, re, im] = [5, 6, 7, 8, 9, 10, 11, 12];

/** A step in bytes: the places of a, b and the result, whole numbers; then cosine and sine of its angle, floats. */
export const stepBytes = 20;

const times = (x: number, y: number): number[] => [...get(x), ...get(y), ...vectors.multiply];
const sum = (x: number, y: number): number[] => [...get(x), ...get(y), ...vectors.add];
const difference = (x: number, y: number): number[] => [...get(x), ...get(y), ...vectors.subtract];

/** A function that takes steps one after the other. */
const steps = (body: readonly number[]) => ({
  parameters,
  wholes: 3,
  vectors: 8,
  body: [
    op.loop,
    op.none,
    ...set(a, ...load.whole(step, 0)),
    ...set(b, ...load.whole(step, 4)),
    ...set(to, ...load.whole(step, 8)),
    ...set(cos, ...load.repeated(step, 12)),
    ...set(sin, ...load.repeated(step, 16)),
    ...body,
    ...increase(step, whole(stepBytes)),
    ...get(step),
    ...get(end),
    op.isLess,
    op.branchIf,
    0,
    op.end,
  ],
});

const loadBoth = [
  ...set(aRe, ...load.vector(a, 0)),
  ...set(aIm, ...load.vector(a, 16)),
  ...set(bRe, ...load.vector(b, 0)),
  ...set(bIm, ...load.vector(b, 16)),
];

/** Where spectra of four signals begin and end, weights, and where two sums are stored. */
const spectrumParameters = ["spectrum", "spectrumEnd", "weights", "sums"] as const;
const [spectrum, spectrumEnd, weights, sums, all, weighted, power] = [0, 1, 2, 3, 4, 5, 6];

/** Where four frames begin, the window, its end, and the vectors that come of it. */
const frameParameters = [
  "frame0",
  "frame1",
  "frame2",
  "frame3",
  "window",
  "windowEnd",
  "result",
] as const;
const rows = [0, 1, 2, 3];
const [window, windowEnd, result, samples] = [4, 5, 6, 7];

const functions = {
  /** The results are the samples of the four frames, times the window. */
  cut: {
    parameters: frameParameters,
    wholes: 0,
    vectors: 1,
    body: [
      op.loop,
      op.none,
      ...set(samples, ...vectors.zero),
      ...rows.flatMap((row) => set(samples, ...load.lane(row, row, get(samples)))),
      ...store.vector(result, 0, ...get(samples), ...load.repeated(window, 0), ...vectors.multiply),
      ...rows.flatMap((row) => increase(row, whole(4))),
      ...increase(result, whole(16)),
      ...increase(window, whole(4)),
      ...get(window),
      ...get(windowEnd),
      op.isLess,
      op.branchIf,
      0,
      op.end,
    ],
  },
  /** Weighs spectra; stores the sums of what they were, then of what they become. */
  weigh: {
    parameters: spectrumParameters,
    wholes: 0,
    vectors: 3,
    body: [
      op.loop,
      op.none,
      ...set(power, ...load.vector(spectrum, 0)),
      ...set(all, ...sum(all, power)),
      ...set(power, ...get(power), ...load.repeated(weights, 0), ...vectors.multiply),
      ...set(weighted, ...sum(weighted, power)),
      ...store.vector(spectrum, 0, ...get(power)),
      ...increase(spectrum, whole(16)),
      ...increase(weights, whole(4)),
      ...get(spectrum),
      ...get(spectrumEnd),
      op.isLess,
      op.branchIf,
      0,
      op.end,
      ...store.vector(sums, 0, ...get(all)),
      ...store.vector(sums, 16, ...get(weighted)),
    ],
  },
  /** a and b become a + b and (a - b) w, with w = cosine - i sine. */
  turn: steps([
    ...loadBoth,
    ...set(re, ...difference(aRe, bRe)),
    ...set(im, ...difference(aIm, bIm)),
    ...store.vector(a, 0, ...sum(aRe, bRe)),
    ...store.vector(a, 16, ...sum(aIm, bIm)),
    ...store.vector(b, 0, ...times(re, cos), ...times(im, sin), ...vectors.add),
    ...store.vector(b, 16, ...times(im, cos), ...times(re, sin), ...vectors.subtract),
  ]),
  /** The result is four times the power of a real signal at the bin of a, whose mirror image is b. */
  power: steps([
    ...loadBoth,
    ...set(re, ...sum(aIm, bIm)), // of the odd samples
    ...set(im, ...difference(bRe, aRe)),
    ...set(
      aRe,
      ...sum(aRe, bRe),
      ...times(cos, re),
      ...vectors.add,
      ...times(sin, im),
      ...vectors.add,
    ),
    ...set(
      aIm,
      ...difference(aIm, bIm),
      ...times(cos, im),
      ...vectors.add,
      ...times(sin, re),
      ...vectors.subtract,
    ),
    ...store.vector(to, 0, ...times(aRe, aRe), ...times(aIm, aIm), ...vectors.add),
  ]),
  /** The result is what a real signal with the powers a and b at a bin and its mirror image is the transform of. */
  prepare: steps([
    ...set(aRe, ...load.vector(a, 0)),
    ...set(bRe, ...load.vector(b, 0)),
    ...set(re, ...difference(aRe, bRe)),
    ...store.vector(to, 0, ...sum(aRe, bRe), ...times(sin, re), ...vectors.subtract),
    ...store.vector(to, 16, ...vectors.zero, ...times(cos, re), ...vectors.subtract),
  ]),
};

/** Transforms four complex signals at once, in its own memory. */
export type TransformKernel = Kernel<typeof functions>;

/** Opens a kernel with memory for so many bytes. */
export const openTransformKernel = (bytes: number): TransformKernel => openKernel(functions, bytes);
