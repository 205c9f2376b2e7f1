/**
 * Passes on mono blocks as a caller gives them.
 * @yields copies: a live source may use its buffers again
 * @throws TypeError for a block that is no Float32Array, RangeError for a sample that is no finite number
 */
export async function* checkedBlocks(
  blocks: AsyncIterable<Float32Array>,
): AsyncGenerator<Float32Array> {
  let start = 0;
  for await (const block of blocks) {
    if (!(block instanceof Float32Array)) {
      throw new TypeError("samples must be a Float32Array in each block of a stream");
    }
    checkFinite(block, start);
    yield block.slice();
    start += block.length;
  }
}

/**
 * Checks the samples of a block.
 * @param start index of its first sample in the recording
 * @throws RangeError naming the first sample that is no finite number
 */
export function checkFinite(block: Float32Array, start: number): void {
  for (let n = 0; n < block.length; n++) {
    if (Number.isFinite(block[n])) continue;
    throw new RangeError(`samples must be finite, sample ${start + n} is ${block[n]}`);
  }
}
