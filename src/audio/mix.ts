/**
 * Returns the mean of all channels: `channels` [channel][sample] → mono [sample]. A single channel is returned itself.
 * @throws RangeError when there is no channel or the channels differ in length
 * @example
 * ```ts
 * import { toMono } from "undertone/audio";
 *
 * const mono = toMono([Float32Array.of(0.2, 0.4), Float32Array.of(0, 0.2)]); // → [0.1, 0.3]
 * ```
 */
export function toMono(channels: readonly Float32Array[]): Float32Array {
  const [first] = channels;
  if (first === undefined || channels.some((channel) => channel.length !== first.length)) {
    throw new RangeError(
      `toMono: channels must be one or more of one length, got lengths [${channels.map((c) => c.length).join(", ")}]`,
    );
  }
  if (channels.length === 1) return first;
  const mono = new Float32Array(first.length);
  if (channels.length === 2) {
    const second = channels[1]!;
    for (let n = 0; n < mono.length; n++) mono[n] = (first[n]! + second[n]!) / 2; // most often
    return mono;
  }
  for (let n = 0; n < mono.length; n++) {
    let sum = 0;
    for (const channel of channels) sum += channel[n]!;
    mono[n] = sum / channels.length;
  }
  return mono;
}
