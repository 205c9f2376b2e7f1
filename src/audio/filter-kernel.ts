/** WebAssembly that runs a bank of filters over samples: what JavaScript lacks are its products of four numbers at once. */

/** A filter bank at work; places are in bytes of the kernel's memory. */
export interface FilterRun {
  /** Where the samples of the first output begin. */
  readonly input: number;
  /** Where the filters [phases, filterBytes] begin. */
  readonly filters: number;
  readonly output: number;
  readonly outputEnd: number;
  readonly filterBytes: number;
  /** Of the first output. */
  readonly phase: number;
  readonly phases: number;
  /** From one output to the next: so many bytes of whole samples, and so many phases. */
  readonly wholeStepBytes: number;
  readonly phaseStep: number;
}

/** Runs filter banks in its own memory. */
export interface FilterKernel {
  readonly buffer: ArrayBuffer;
  readonly run: (bank: FilterRun) => void;
}

/** Filters are so many samples long, or multiples of it: one pass of the inner loop. */
export const filterUnit = 16;

/** Opcodes and types of WebAssembly. @see https://webassembly.github.io/spec/core/binary/instructions.html */
const op = {
  loop: 0x03,
  if: 0x04,
  end: 0x0b,
  branchIf: 0x0d,
  get: 0x20,
  set: 0x21,
  storeFloat: 0x38,
  whole: 0x41,
  isLess: 0x49,
  add: 0x6a,
  subtract: 0x6b,
  multiply: 0x6c,
  addFloats: 0x92,
  vector: 0xfd,
  none: 0x40,
} as const;
const [i32, v128, func] = [0x7f, 0x7b, 0x60];

/** Parameters of `run` in their order. */
const parameters = [
  "input",
  "filters",
  "output",
  "outputEnd",
  "filterBytes",
  "phase",
  "phases",
  "wholeStepBytes",
  "phaseStep",
] as const satisfies (keyof FilterRun)[];

/** Numbers of the parameters, and of the local variables after them. */
const [input, filters, output, outputEnd, filterBytes] = [0, 1, 2, 3, 4];
const [phase, phases, wholeStepBytes, phaseStep] = [5, 6, 7, 8];
const [sample, weight, weightEnd, firstSum] = [9, 10, 11, 12];
const sums = [0, 1, 2, 3].map((n) => firstSum + n);

const get = (local: number): number[] => [op.get, local];
const set = (local: number, ...value: number[]): number[] => [...value, op.set, local];
const whole = (value: number): number[] => [op.whole, ...signedLeb(value)];
const increase = (local: number, by: readonly number[]): number[] =>
  set(local, ...get(local), ...by, op.add);
const load = (address: number, offset: number): number[] => [
  ...get(address),
  op.vector,
  0,
  0,
  offset,
];
const addVectors = [op.vector, ...leb(0xe4)];
const multiplyVectors = [op.vector, ...leb(0xe6)];
const laneOf = (local: number, lane: number): number[] => [...get(local), op.vector, 0x1f, lane];

/** For each output: the sum of its phase's filter times the samples from its place on; then the next place and phase. */
const body = [
  op.loop,
  op.none,
  ...set(sample, ...get(input)),
  ...set(weight, ...get(filters), ...get(phase), ...get(filterBytes), op.multiply, op.add),
  ...set(weightEnd, ...get(weight), ...get(filterBytes), op.add),
  ...sums.flatMap((sum) => set(sum, op.vector, 0x0c, ...Array<number>(16).fill(0))),
  op.loop,
  op.none,
  // Four sums, since each has to wait for the one before it.
  ...sums.flatMap((sum, n) =>
    set(
      sum,
      ...get(sum),
      ...load(sample, 16 * n),
      ...load(weight, 16 * n),
      ...multiplyVectors,
      ...addVectors,
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
  ...set(sums[0]!, ...get(sums[0]!), ...get(sums[1]!), ...addVectors),
  ...set(sums[2]!, ...get(sums[2]!), ...get(sums[3]!), ...addVectors),
  ...set(sums[0]!, ...get(sums[0]!), ...get(sums[2]!), ...addVectors),
  ...get(output),
  ...laneOf(sums[0]!, 0),
  ...[1, 2, 3].flatMap((lane) => [...laneOf(sums[0]!, lane), op.addFloats]),
  op.storeFloat,
  2,
  0,
  ...increase(input, get(wholeStepBytes)),
  ...increase(phase, get(phaseStep)),
  ...get(phase),
  ...get(phases),
  op.isLess,
  op.if,
  op.none,
  0x05, // else
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
  op.end,
];

/** Opens a kernel with memory for so many bytes. */
export function openFilterKernel(bytes: number): FilterKernel {
  const pages = Math.ceil(bytes / 65_536);
  const code = [2, 3, i32, 4, v128, ...body];
  const wasm = Uint8Array.from([
    0,
    0x61,
    0x73,
    0x6d,
    1,
    0,
    0,
    0,
    ...section(1, [1, func, parameters.length, ...parameters.map(() => i32), 0]),
    ...section(3, [1, 0]),
    ...section(5, [1, 0, ...leb(pages)]),
    ...section(7, [2, ...exported("memory", 2), ...exported("run", 0)]),
    ...section(10, [1, ...leb(code.length), ...code]),
  ]);
  const { memory, run } = new WebAssembly.Instance(new WebAssembly.Module(wasm)).exports;
  if (!(memory instanceof WebAssembly.Memory) || typeof run !== "function") {
    throw new TypeError("openFilterKernel: the module lacks its exports");
  }
  return {
    buffer: memory.buffer,
    run: (bank) => void run(...parameters.map((name) => bank[name])),
  };
}

const section = (id: number, content: readonly number[]): number[] => [
  id,
  ...leb(content.length),
  ...content,
];

const exported = (name: string, kind: number): number[] => [
  name.length,
  ...new TextEncoder().encode(name),
  kind,
  0,
];

/** Returns a number in LEB128, seven bits a byte. */
function leb(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...leb(value >>> 7)];
}

/** Returns a number that is not negative in LEB128, its sign included. */
function signedLeb(value: number): number[] {
  return value < 64 ? [value] : [(value & 127) | 128, ...signedLeb(value >>> 7)];
}
