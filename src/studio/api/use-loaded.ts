import { useEffect, useState } from "preact/hooks";

/** Something that is loaded: neither is there while it comes for the first time. */
export interface Loaded<T> {
  readonly data?: T;
  /** For people. */
  readonly problem?: string;
}

/** Loads something when the component appears and whenever `key` changes; what came before stays until then. */
export function useLoaded<T>(load: () => Promise<T>, key: string): Loaded<T> {
  const [loaded, setLoaded] = useState<Loaded<T>>({});
  useEffect(() => {
    let isCurrent = true;
    load().then(
      (data) => isCurrent && setLoaded({ data }),
      (error: unknown) => {
        if (isCurrent)
          setLoaded({ problem: error instanceof Error ? error.message : String(error) });
      },
    );
    return () => {
      isCurrent = false;
    };
  }, [key]);
  return loaded;
}
