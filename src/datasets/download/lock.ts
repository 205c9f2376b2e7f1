import { readFile, rm, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { UndertoneError } from "../../shared/errors.ts";
import { fileError, systemCode } from "../../shared/files.node.ts";

/**
 * Does work that no second process may do at the same time. The lock is a file that names its
 * process; one whose process has ended is taken over.
 * @throws UndertoneError `busy` naming the file and the process
 */
export async function withLock<T>(path: string, work: () => Promise<T>): Promise<T> {
  await acquire(path);
  try {
    return await work();
  } finally {
    await rm(path, { force: true });
  }
}

async function acquire(path: string): Promise<void> {
  const owner = `${process.pid} ${hostname()}`;
  if (await create(path, owner)) return;
  const holder = await readFile(path, "utf8").catch(() => "");
  if (isRunning(holder)) {
    throw new UndertoneError(
      "busy",
      `Process ${holder.replace(" ", " on ")} is at this already. Wait for it; if it is long gone, delete ${path}.`,
    );
  }
  await rm(path, { force: true });
  if (await create(path, owner)) return;
  throw new UndertoneError("busy", `Another process has just begun this. Wait for it (${path}).`);
}

async function create(path: string, owner: string): Promise<boolean> {
  try {
    await writeFile(path, owner, { flag: "wx" });
    return true;
  } catch (error) {
    if (systemCode(error) === "EEXIST") return false;
    throw fileError(path, error);
  }
}

/** A process of another machine, on a shared disk, is taken to be running. */
function isRunning(holder: string): boolean {
  const [pid = "", host] = holder.split(" ");
  if (host === undefined) return false; // its writer was killed in between
  if (host !== hostname()) return true;
  try {
    process.kill(Number(pid), 0);
    return true;
  } catch (error) {
    return systemCode(error) === "EPERM";
  }
}
