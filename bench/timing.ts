/**
 * Seconds that one call of `step` takes: after three calls to warm up, the median of those that fit
 * into `seconds`, three at least. The peers are timed the same way.
 */
export async function medianSeconds(
  step: () => Promise<unknown>,
  seconds: number,
): Promise<number> {
  for (let warmUp = 0; warmUp < 3; warmUp++) await step();
  const times: number[] = [];
  const end = performance.now() + seconds * 1000;
  while (performance.now() < end || times.length < 3) {
    const start = performance.now();
    await step();
    times.push(performance.now() - start);
  }
  return times.toSorted((a, b) => a - b)[times.length >> 1]! / 1000;
}
