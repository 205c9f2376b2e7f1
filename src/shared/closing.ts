/** What holds memory or a file until it is closed. */
export interface Closable {
  close(): Promise<void>;
}

/**
 * Opens several things one after the other, each handed to `keep`; where one cannot be had, those before it
 * are closed and its error is thrown.
 */
export async function openTogether<Opened>(
  open: (keep: <Thing extends Closable>(thing: Thing) => Thing) => Promise<Opened>,
): Promise<Opened> {
  const kept: Closable[] = [];
  try {
    return await open((thing) => {
      kept.push(thing);
      return thing;
    });
  } catch (error) {
    await Promise.allSettled(kept.map((thing) => thing.close()));
    throw error;
  }
}
