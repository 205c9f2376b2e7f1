import { execFile } from "node:child_process";
import { promisify } from "node:util";

const interpreters = ["python3", "/usr/bin/python3", "python"];

/**
 * The first Python 3 that can import `module`, or `undefined`. The one on the path comes first; the system's
 * own follows, since distributions install modules such as torch for that one alone.
 */
export async function findPython(module: string): Promise<string | undefined> {
  const program =
    "import importlib, sys; assert sys.version_info >= (3, 8); importlib.import_module(sys.argv[1])";
  for (const interpreter of interpreters) {
    try {
      await promisify(execFile)(interpreter, ["-c", program, module], { timeout: 60_000 });
      return interpreter;
    } catch {
      // Not installed, too old or without the module: the next one may serve.
    }
  }
  return undefined;
}
