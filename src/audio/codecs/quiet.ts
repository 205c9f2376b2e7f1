const methods = ["log", "info", "warn", "error"] as const;

/** Does synchronous work of a third-party decoder without its console output; returns how often it printed. */
export function quietly<Result>(work: () => Result): { result: Result; printed: number } {
  const own = methods.map((method) => console[method]);
  let printed = 0;
  const count = (): void => void printed++;
  for (const method of methods) console[method] = count;
  try {
    return { result: work(), printed };
  } finally {
    for (const [index, method] of methods.entries()) console[method] = own[index]!;
  }
}
