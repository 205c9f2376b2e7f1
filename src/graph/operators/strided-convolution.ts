import { constant, node, shapeError, type Shape, type Tensor } from "../tensor.ts";
import { add } from "./arithmetic.ts";
import { concatenate, pad, reshape, slice, transpose } from "./layout.ts";
import { matMul } from "./matrix.ts";
import { reduceSum } from "./reduce.ts";

interface StridedOptions {
  /** Of all axes, or of each; 1 by default. */
  readonly stride?: number | readonly number[];
  /** Zeros before and after each axis. */
  readonly padding?: readonly (readonly [before: number, after: number])[];
  /** Dilation: of all axes, or of each; 1 by default. */
  readonly dilation?: number | readonly number[];
  /** Groups of channels, each with its own filters. */
  readonly groups?: number;
  /** [out] */
  readonly bias?: Tensor;
}

/** Options for each axis, and the positions of the filters. */
interface Geometry {
  readonly strides: readonly number[];
  readonly padding: readonly (readonly [before: number, after: number])[];
  readonly dilations: readonly number[];
  readonly groups: number;
  readonly lengths: Shape;
  readonly size: Shape;
  readonly places: Shape;
}

/**
 * Convolution (cross-correlation) every `stride` positions along each axis: [batch, in, ...lengths] with
 * filters [out, in / groups, ...size] → [batch, out, ...positions].
 */
export function stridedConvolution(
  x: Tensor,
  filters: Tensor,
  options: StridedOptions = {},
): Tensor {
  const geometry = geometryOf(x, filters, options);
  const { bias } = options;
  const inputs = bias === undefined ? [x, filters] : [x, filters, bias];
  const others = [0, ...geometry.places.map((_, axis) => axis + 2)];
  return node("Conv", inputs, {
    shape: [x.shape[0]!, filters.shape[0]!, ...geometry.places],
    attributes: attributesOf(geometry),
    gradientRules: [
      (gradient) => inputGradient(gradient, filters, geometry),
      (gradient) => filterGradient(x, gradient, geometry),
      (gradient) => reduceSum(gradient, { axes: others }),
    ],
  });
}

function geometryOf(x: Tensor, filters: Tensor, options: StridedOptions): Geometry {
  const { stride = 1, dilation = 1, groups = 1, bias } = options;
  const [, channels, ...lengths] = x.shape;
  const [out, inChannels, ...size] = filters.shape;
  const { padding = size.map(() => [0, 0] as const) } = options;
  const each = (value: number | readonly number[]): readonly number[] =>
    typeof value === "number" ? size.map(() => value) : value;
  const [strides, dilations] = [each(stride), each(dilation)];
  const places = size.map((length, axis) => {
    const [before, after] = padding[axis] ?? [0, 0];
    const room = before + lengths[axis]! + after - (length - 1) * dilations[axis]! - 1;
    return Math.floor(room / strides[axis]!) + 1;
  });
  const fits =
    size.length > 0 && lengths.length === size.length && places.every((count) => count > 0);
  const grouped = channels === inChannels! * groups && out! % groups === 0;
  if (!fits || !grouped || (bias !== undefined && bias.shape[0] !== out)) {
    throw shapeError("Conv", [x, filters], "[batch, in, ...lengths] and [out, in, ...size] wanted");
  }
  return { strides, padding, dilations, groups, lengths, size, places };
}

function attributesOf({ strides, padding, dilations, groups, size }: Geometry) {
  const pads = [...padding.map(([before]) => before), ...padding.map(([, after]) => after)];
  return { kernel_shape: size, strides, pads, dilations, group: groups };
}

/** With respect to the input: each position's gradient times the filters, added where the filters were applied. */
function inputGradient(gradient: Tensor, filters: Tensor, geometry: Geometry): Tensor {
  if (isPlainSequence(geometry)) return sequenceInputGradient(gradient, filters, geometry);
  const { groups, lengths, size, places, strides, padding, dilations } = geometry;
  const left = lengths.map((length, axis) => {
    const covered = (places[axis]! - 1) * strides[axis]! + (size[axis]! - 1) * dilations[axis]! + 1;
    return padding[axis]![0] + length + padding[axis]![1] - covered;
  });
  return node("ConvTranspose", [gradient, filters], {
    shape: [gradient.shape[0]!, filters.shape[1]! * groups, ...lengths],
    attributes: { ...attributesOf(geometry), output_padding: left },
    gradientRules: [
      (second) =>
        node("Conv", [second, filters], {
          shape: gradient.shape,
          attributes: attributesOf(geometry),
        }),
      (second) => filterGradient(second, gradient, geometry),
    ],
  });
}

/** With respect to the filters: the products of the patches with the gradient. */
function filterGradient(x: Tensor, gradient: Tensor, geometry: Geometry): Tensor {
  if (isPlainSequence(geometry)) return sequenceFilterGradient(x, gradient, geometry);
  const { groups, size, places } = geometry;
  const [batch, channels] = x.shape;
  const out = gradient.shape[1]!;
  const count = places.reduce((product, length) => product * length, 1);
  const depth = (channels! / groups) * size.reduce((product, length) => product * length, 1);
  const patches = reshape(patchesOf(x, geometry), [batch!, groups, depth, count]);
  const byGroup = reshape(gradient, [batch!, groups, out / groups, count]);
  const products = reduceSum(matMul(byGroup, patches, { transposeB: true }), { axes: [0] });
  return reshape(products, [out, channels! / groups, ...size]);
}

/** Each channel's patches as channels: [batch, in, ...lengths] → [batch, in · patch, ...positions]. */
function patchesOf(x: Tensor, geometry: Geometry): Tensor {
  const [batch, channels] = x.shape;
  const patch = geometry.size.reduce((product, length) => product * length, 1);
  const filters = new Float32Array(channels! * patch * patch);
  for (let row = 0; row < channels! * patch; row++) filters[row * patch + (row % patch)] = 1;
  const identity = constant(filters, [channels! * patch, 1, ...geometry.size]);
  return node("Conv", [x, identity], {
    shape: [batch!, channels! * patch, ...geometry.places],
    attributes: attributesOf({ ...geometry, groups: channels! }),
  });
}

function isPlainSequence({ size, groups, dilations }: Geometry): boolean {
  return size.length === 1 && groups === 1 && dilations[0] === 1;
}

/**
 * With respect to a sequence: each piece of the filters, as long as a stride, times the gradients of all positions, the
 * products shifted by a piece each. Takes half the time of `ConvTranspose`.
 */
function sequenceInputGradient(gradient: Tensor, filters: Tensor, geometry: Geometry): Tensor {
  const [out, channels, size] = filters.shape;
  const [stride, places, length] = [
    geometry.strides[0]!,
    geometry.places[0]!,
    geometry.lengths[0]!,
  ];
  const [before] = geometry.padding[0]!;
  const pieces = Math.ceil(size! / stride);
  const filled = pad(filters, { axis: 2, before: 0, after: pieces * stride - size! });
  const cut = reshape(transpose(filled, [0, 2, 1]), [out!, pieces, stride * channels!]);
  const batch = gradient.shape[0]!;
  // One product over the rows of the whole batch: its filters are packed once.
  const rows = reshape(byPlace(gradient), [batch * places, out!]);
  const sums = Array.from({ length: pieces }, (_, piece) => {
    const filter = slice(cut, { axis: 1, start: piece, end: piece + 1 });
    const product = matMul(rows, reshape(filter, [out!, stride * channels!]));
    const byClip = reshape(product, [batch, places, stride * channels!]);
    return pad(byClip, { axis: 1, before: piece, after: pieces - 1 - piece });
  }).reduce((sum, product) => add(sum, product)); // [batch, places + pieces - 1, stride · in]
  const covered = (places + pieces - 1) * stride;
  const whole = byPlace(reshape(sums, [batch, covered, channels!]));
  const end = Math.min(before + length, covered);
  const kept = slice(whole, { axis: 2, start: before, end });
  return pad(kept, { axis: 2, before: 0, after: before + length - end });
}

/**
 * The same along one axis: in pieces of a stride's length, a patch is a few adjacent pieces, so that each piece of the
 * filters is one product over the positions of the whole batch.
 */
function sequenceFilterGradient(x: Tensor, gradient: Tensor, geometry: Geometry): Tensor {
  const [batch, channels] = x.shape;
  const [stride, size, places] = [geometry.strides[0]!, geometry.size[0]!, geometry.places[0]!];
  const out = gradient.shape[1]!;
  const pieces = Math.ceil(size / stride);
  const count = places + pieces - 1;
  const cut = reshape(byPlace(fitted(x, geometry.padding[0]!, count * stride)), [
    batch!,
    count,
    stride * channels!,
  ]);
  const rows = reshape(byPlace(gradient), [batch! * places, out]);
  const products = Array.from({ length: pieces }, (_, piece) => {
    const covered = slice(cut, { axis: 1, start: piece, end: piece + places });
    const flat = reshape(covered, [batch! * places, stride * channels!]);
    return matMul(rows, flat, { transposeA: true }); // [out, stride · in]
  });
  const filters = reshape(concatenate(products, 1), [out, pieces * stride, channels!]);
  return transpose(slice(filters, { axis: 1, start: 0, end: size }), [0, 2, 1]);
}

/** A sequence with zeros before and after, cropped or padded to a length. */
function fitted(x: Tensor, [before]: readonly [number, number], length: number): Tensor {
  const used = Math.min(x.shape[2]!, length - before);
  const kept = slice(x, { axis: 2, start: 0, end: used });
  return pad(kept, { axis: 2, before, after: length - before - used });
}

/** [batch, channels, positions] → [batch, positions, channels], or the inverse. */
function byPlace(x: Tensor): Tensor {
  const [batch, rows, columns] = x.shape;
  return rows === 1 || columns === 1
    ? reshape(x, [batch!, columns!, rows!])
    : transpose(x, [0, 2, 1]);
}
