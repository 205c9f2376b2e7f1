/**
 * WebAssembly written as the bytes of its instructions: its products of four numbers at once are what JavaScript lacks.
 * @see https://webassembly.github.io/spec/core/binary/instructions.html
 */

/** Opcodes and types. */
export const op = {
  loop: 0x03,
  if: 0x04,
  else: 0x05,
  end: 0x0b,
  branchIf: 0x0d,
  isLess: 0x49,
  add: 0x6a,
  subtract: 0x6b,
  multiply: 0x6c,
  addFloats: 0x92,
  none: 0x40,
} as const;
const [i32, v128, func] = [0x7f, 0x7b, 0x60];
const vector = 0xfd;
/** Magic number and version. */
const header = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];

export const get = (local: number): number[] => [0x20, local];
export const set = (local: number, ...value: number[]): number[] => [...value, 0x21, local];
export const whole = (value: number): number[] => [0x41, ...signedLeb(value)];
export const increase = (local: number, by: readonly number[]): number[] =>
  set(local, ...get(local), ...by, op.add);

/** Instructions that load from the address in a local variable, `offset` bytes on. */
export const load = {
  whole: (address: number, offset: number): number[] => [...get(address), 0x28, 2, offset],
  vector: (address: number, offset: number): number[] => [...get(address), vector, 0, 0, offset],
  /** One number as all four. */
  repeated: (address: number, offset: number): number[] => [...get(address), vector, 9, 2, offset],
  /** A vector with one number replaced. */
  lane: (address: number, lane: number, into: readonly number[]): number[] => [
    ...get(address),
    ...into,
    vector,
    0x56,
    2,
    0,
    lane,
  ],
};

/** Instructions that store a value at the address in a local variable, `offset` bytes on. */
export const store = {
  float: (address: number, offset: number, ...value: number[]): number[] => [
    ...get(address),
    ...value,
    0x38,
    2,
    offset,
  ],
  vector: (address: number, offset: number, ...value: number[]): number[] => [
    ...get(address),
    ...value,
    vector,
    0x0b,
    0,
    offset,
  ],
};

/** Instructions on four numbers at once. */
export const vectors = {
  zero: [vector, 0x0c, ...Array<number>(16).fill(0)],
  add: [vector, ...leb(0xe4)],
  subtract: [vector, ...leb(0xe5)],
  multiply: [vector, ...leb(0xe6)],
  laneOf: (local: number, lane: number): number[] => [...get(local), vector, 0x1f, lane],
};

/** A function; its local variables are numbered: first the parameters, then the whole numbers, then the vectors. */
export interface Assembly<Parameter extends string = string> {
  readonly parameters: readonly Parameter[];
  readonly wholes: number;
  readonly vectors: number;
  readonly body: readonly number[];
}

/** Functions that run in a memory of their own. */
export interface Kernel<Functions extends Readonly<Record<string, Assembly>>> {
  readonly buffer: ArrayBuffer;
  readonly run: <Name extends keyof Functions>(
    name: Name,
    values: Readonly<Record<Functions[Name]["parameters"][number], number>>,
  ) => void;
}

/** Opens functions with memory for so many bytes. */
export function openKernel<Functions extends Readonly<Record<string, Assembly>>>(
  functions: Functions,
  bytes: number,
): Kernel<Functions> {
  const names = Object.keys(functions);
  const all = Object.values(functions);
  const types = all.map(({ parameters }) => [
    func,
    parameters.length,
    ...parameters.map(() => i32),
    0,
  ]);
  const codes = all.map(({ wholes, vectors: count, body }) => {
    const code = [2, wholes, i32, count, v128, ...body, op.end];
    return [...leb(code.length), ...code];
  });
  const exports = [exported("memory", [2, 0]), ...names.map((name, n) => exported(name, [0, n]))];
  const wasm = Uint8Array.from([
    ...header,
    ...section(1, types),
    ...section(
      3,
      names.map((_, type) => [type]),
    ),
    ...section(5, [[0, ...leb(Math.ceil(bytes / 65_536))]]),
    ...section(7, exports),
    ...section(10, codes),
  ]);
  const instance = new WebAssembly.Instance(new WebAssembly.Module(wasm)).exports;
  const { memory } = instance;
  if (!(memory instanceof WebAssembly.Memory)) {
    throw new TypeError("openKernel: the module lacks its memory");
  }
  return {
    buffer: memory.buffer,
    run: (name, values: Readonly<Record<string, number>>) => {
      const call = instance[String(name)];
      if (typeof call !== "function")
        throw new TypeError("openKernel: the module lacks a function");
      call(...functions[name]!.parameters.map((parameter) => values[parameter]!));
    },
  };
}

function section(id: number, entries: readonly (readonly number[])[]): number[] {
  const content = [...leb(entries.length), ...entries.flat()];
  return [id, ...leb(content.length), ...content];
}

function exported(name: string, place: readonly number[]): number[] {
  return [name.length, ...new TextEncoder().encode(name), ...place];
}

/** Returns a number in LEB128, seven bits a byte. */
function leb(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...leb(value >>> 7)];
}

/** Returns a number that is not negative in LEB128, its sign included. */
function signedLeb(value: number): number[] {
  return value < 64 ? [value] : [(value & 127) | 128, ...signedLeb(value >>> 7)];
}
