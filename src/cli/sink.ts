import { once } from "node:events";
import { writePrivateFile } from "../shared/files.node.ts";

/** Where text goes. */
export interface Sink {
  write(text: string): Promise<void>;
  end(state: { readonly isComplete: boolean }): Promise<void>;
}

export const standardOutput: Sink = {
  write: async (text) => {
    if (!process.stdout.write(text)) await once(process.stdout, "drain");
  },
  end: async () => undefined,
};

/** Returns a sink that writes its file at the end, where all is complete, readable by the user alone. */
export function fileSink(path: string): Sink {
  const parts: string[] = [];
  return {
    write: async (text) => void parts.push(text),
    end: async ({ isComplete }) => {
      if (!isComplete) return;
      await writePrivateFile(path, parts.join(""));
      console.log(`Wrote ${path}`);
    },
  };
}
