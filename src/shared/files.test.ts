import {
  chmod,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  utimes,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from "vitest";
import {
  fileError,
  makeFolder,
  openToRead,
  readText,
  removeLeftovers,
  writeFileAtomically,
  writePrivateFile,
} from "./files.node.ts";

vi.mock(import("node:fs/promises"), { spy: true });

let folder: string;
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), "undertone-files-"))));
afterAll(() => rm(folder, { recursive: true }));

const systemError = (code: string): Error => Object.assign(new Error(code), { code });

test.each([
  ["ENOENT", "file-not-found"],
  ["ENOTDIR", "file-not-found"],
  ["EACCES", "file-unreadable"],
  ["EISDIR", "file-unreadable"],
  ["EEXIST", "file-unreadable"],
  ["EIO", "file-unreadable"],
  ["ELOOP", "file-unreadable"],
  ["ERR_FS_FILE_TOO_LARGE", "file-unreadable"],
  ["ENAMETOOLONG", "file-unreadable"],
  ["ENOSPC", "disk-full"],
  ["EDQUOT", "disk-full"],
])("%s of the file system is %s, with the path and the cause", (systemCode, code) => {
  const cause = systemError(systemCode);
  const error = fileError("some/file", cause);
  expect(error).toMatchObject({ name: "UndertoneError", code, path: "some/file", cause });
  expect(error.message).toMatch(/^some\/file: /);
});

test("a file is written whole, into folders that do not exist yet, and nothing else is left", async () => {
  const path = join(folder, "a/b/c.txt");
  await writeFileAtomically(path, "old");
  await writeFileAtomically(path, "new");
  expect(await readFile(path, "utf8")).toBe("new");
  expect(await readdir(join(folder, "a/b"))).toEqual(["c.txt"]);
});

const modeOf = async (path: string): Promise<number> => (await stat(path)).mode & 0o777;

test.skipIf(process.platform === "win32")(
  "a private file is the user's alone, also in place of one that was not, and so are new folders",
  async () => {
    const path = join(folder, "private/inner/words.json");
    await writePrivateFile(path, "old");
    await chmod(path, 0o644);
    await writePrivateFile(path, "new");
    expect(await modeOf(path)).toBe(0o600);
    expect(await modeOf(join(folder, "private"))).toBe(0o700);
    expect(await modeOf(join(folder, "private/inner"))).toBe(0o700);
  },
);

test("a file in the place of a folder fails, and no temporary file is left", async () => {
  const file = join(folder, "file");
  await writeFile(file, "");
  const path = join(file, "below");
  await expect(writeFileAtomically(path, "")).rejects.toMatchObject({ path });
  await expect(makeFolder(file)).rejects.toMatchObject({ code: "file-unreadable", path: file });
  expect(await readdir(folder)).not.toContainEqual(expect.stringMatching(/\.tmp$/));
});

test("a file that someone reads is replaced as soon as the system lets it be", async () => {
  const held = Object.assign(new Error("held"), { code: "EPERM" });
  const path = join(folder, "held.json");
  vi.mocked(rename).mockRejectedValueOnce(held).mockRejectedValueOnce(held);
  await writeFileAtomically(path, "new");
  expect(await readFile(path, "utf8")).toBe("new");
  vi.mocked(rename).mockRejectedValue(held);
  await expect(writeFileAtomically(path, "newer")).rejects.toMatchObject({
    code: "file-unreadable",
  });
  vi.mocked(rename).mockReset();
  expect(await readFile(path, "utf8")).toBe("new");
});

test("what killed processes left is removed after a minute, and nothing else", async () => {
  const beside = join(folder, "leftovers");
  const names = ["a.json.17-0123abcd.tmp", "a.json.lock.0123456789ab.tmp", "a.json", "a.tmp"];
  const fresh = "a.csv.17-0123abcd.tmp";
  await mkdir(beside);
  for (const name of [...names, fresh]) await writeFile(join(beside, name), "");
  const then = new Date(Date.now() - 61_000);
  for (const name of names) await utimes(join(beside, name), then, then);
  await removeLeftovers(beside, "b");
  expect(await readdir(beside)).toHaveLength(5);
  await removeLeftovers(beside, "a");
  expect((await readdir(beside)).toSorted()).toEqual([fresh, "a.json", "a.tmp"]);
  await removeLeftovers(join(folder, "nowhere"));
});

test("a missing file and a folder cannot be opened", async () => {
  const missing = join(folder, "missing");
  await expect(openToRead(missing)).rejects.toMatchObject({ code: "file-not-found" });
  await expect(openToRead(folder)).rejects.toMatchObject({ code: "file-unreadable", path: folder });
});

test("a text that is larger than a string can be is refused by its name", async () => {
  const path = join(folder, "large.jsonl");
  await writeFile(path, "a");
  const decoding = vi.spyOn(Buffer.prototype, "toString").mockImplementationOnce(() => {
    throw systemError("ERR_STRING_TOO_LONG");
  });
  onTestFinished(() => decoding.mockRestore());
  await expect(readText(path)).rejects.toMatchObject({ code: "file-unreadable", path });
});
