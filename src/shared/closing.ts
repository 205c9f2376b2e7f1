/** A resource that is held until it is closed. */
export interface Closable {
  close(): Promise<void>;
}

/**
 * Opens several resources, each passed to `keep`; if one fails to open, those before it are closed and its error is
 * thrown.
 */
export async function openTogether<Opened>(
  open: (keep: <Resource extends Closable>(resource: Resource) => Resource) => Promise<Opened>,
): Promise<Opened> {
  const kept: Closable[] = [];
  try {
    return await open((resource) => {
      kept.push(resource);
      return resource;
    });
  } catch (error) {
    await Promise.allSettled(kept.map((resource) => resource.close()));
    throw error;
  }
}

/** Resolves to what is opened side by side, once all have opened or failed. @throws the first error */
export async function allOpened<Opening extends readonly Promise<unknown>[]>(
  opening: readonly [...Opening],
): Promise<{ -readonly [N in keyof Opening]: Awaited<Opening[N]> }> {
  await Promise.allSettled(opening);
  return Promise.all(opening);
}
