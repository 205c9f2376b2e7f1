import { vi } from "vitest";

/** What a command prints to standard output; console.log stands for the lines of a person's view. */
export async function printed(work: () => Promise<unknown>): Promise<string> {
  const parts: string[] = [];
  const write = vi.spyOn(process.stdout, "write").mockImplementation((part) => {
    parts.push(String(part));
    return true;
  });
  const log = vi.spyOn(console, "log").mockImplementation((line = "") => {
    parts.push(`${line}\n`);
  });
  try {
    await work();
  } finally {
    write.mockRestore();
    log.mockRestore();
  }
  return parts.join("");
}
