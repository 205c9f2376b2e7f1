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

/** Filters are so many samples long, or multiples of it: one pass of the inner loop. */
export const filterUnit = 16;

/** A filter bank at work, in their order; places are in bytes of the kernel's memory. */
const parameters = [
  /** Where the samples of the first output begin. */
  "input",
  /** Where the filters [phases, filterBytes] begin. */
  "filters",
  "output",
  "outputEnd",
  "filterBytes",
  /** Of the first output. */
  "phase",
  "phases",
  /** From one output to the next: so many bytes of whole samples, and so many phases. */
  "wholeStepBytes",
  "phaseStep",
] as const;

/** Numbers of the parameters, and of the local variables after them. */
const [input, filters, output, outputEnd, filterBytes] = [0, 1, 2, 3, 4];
const [phase, phases, wholeStepBytes, phaseStep] = [5, 6, 7, 8];
const [sample, weight, weightEnd, firstSum] = [9, 10, 11, 12];
const sums = [0, 1, 2, 3].map((n) => firstSum + n);

/** For each output: the sum of its phase's filter times the samples from its place on; then the next place and phase. */
const body = [
  op.loop,
  op.none,
  ...set(sample, ...get(input)),
  ...set(weight, ...get(filters), ...get(phase), ...get(filterBytes), op.multiply, op.add),
  ...set(weightEnd, ...get(weight), ...get(filterBytes), op.add),
  ...sums.flatMap((sum) => set(sum, ...vectors.zero)),
  op.loop,
  op.none,
  // Four sums, since each has to wait for the one before it.
  ...sums.flatMap((sum, n) =>
    set(
      sum,
      ...get(sum),
      ...load.vector(sample, 16 * n),
      ...load.vector(weight, 16 * n),
      ...vectors.multiply,
      ...vectors.add,
    ),
  ),
  ...increase(sample, whole(4 * filterUnit)),
  ...increase(weight, whole(4 * filterUnit)),
  ...get(weight),
  ...get(weightEnd),
  op.isLess,
  op.branchIf,
  0,
  op.end,
  ...set(sums[0]!, ...get(sums[0]!), ...get(sums[1]!), ...vectors.add),
  ...set(sums[2]!, ...get(sums[2]!), ...get(sums[3]!), ...vectors.add),
  ...set(sums[0]!, ...get(sums[0]!), ...get(sums[2]!), ...vectors.add),
  ...store.float(
    output,
    0,
    ...vectors.laneOf(sums[0]!, 0),
    ...[1, 2, 3].flatMap((lane) => [...vectors.laneOf(sums[0]!, lane), op.addFloats]),
  ),
  ...increase(input, get(wholeStepBytes)),
  ...increase(phase, get(phaseStep)),
  ...get(phase),
  ...get(phases),
  op.isLess,
  op.if,
  op.none,
  op.else,
  ...set(phase, ...get(phase), ...get(phases), op.subtract),
  ...increase(input, whole(4)),
  op.end,
  ...increase(output, whole(4)),
  ...get(output),
  ...get(outputEnd),
  op.isLess,
  op.branchIf,
  0,
  op.end,
];

const functions = { filter: { parameters, wholes: 3, vectors: 4, body } };

/** Runs filter banks in its own memory. */
export type FilterKernel = Kernel<typeof functions>;

/** Opens a kernel with memory for so many bytes. */
export const openFilterKernel = (bytes: number): FilterKernel => openKernel(functions, bytes);
