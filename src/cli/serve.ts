import { summaries } from "./command-list.ts";
import { Option } from "@commander-js/extra-typings";
import { defaultLimits } from "../server/service/limits.ts";
import { createCommand, examples } from "./command.ts";
import { numberUpTo, offlineOption, repeatable, wholeNumber } from "./options.ts";

const million = 1e6;

/** `undertone serve`: recognition over HTTP. */
export const serveCommand = createCommand("serve", summaries.serve)
  .option("--port <number>", "Port; 0 takes a free one", wholeNumber(0), 8150)
  .option("--host <address>", "Address to listen at", "127.0.0.1")
  .option("--model <file>", "Audio model: an .onnx file, or one of default, open, small")
  .option("--text-model <file>", "Text model: an .onnx file (default: the one that is included)")
  .option(
    "--transcriber <name>",
    "Speech-to-text: moonshine-base (the default), whisper-small, service:MODEL, …: see undertone analyze --help",
  )
  .option("--language <code>", "Spoken language, where a request names none (default: detected)")
  .option("--transcript", "Use the words too", true)
  .option("--no-transcript", "Use the voice only")
  .addOption(offlineOption)
  .option(
    "--workers <count>",
    "Processes that analyze (default: number of CPU cores)",
    wholeNumber(),
  )
  .option(
    "--folder <folder>",
    "Hashes of tokens, and jobs (default: undertone/serve in the user's state folder)",
  )
  .option(
    "--new-token",
    "Print another token and leave; the first start prints one, unless UNDERTONE_TOKEN sets the only one",
  )
  .option(
    "--allow-host <name>",
    "Host from which recordings of jobs are fetched, and to which webhooks go, such as *.example.org (repeatable; default: none)",
    repeatable,
  )
  .option(
    "--max-upload <MB>",
    "Largest body of a request, in megabytes",
    wholeNumber(),
    defaultLimits.maxUploadBytes / million,
  )
  .option(
    "--max-disk <MB>",
    "Most recordings that are kept at once, in megabytes",
    wholeNumber(),
    defaultLimits.maxDiskBytes / million,
  )
  .option(
    "--max-duration <hours>",
    "Longest recording",
    numberUpTo(Infinity),
    defaultLimits.maxDurationSec / 3600,
  )
  .option(
    "--timeout <seconds>",
    "Longest work on one recording",
    wholeNumber(),
    defaultLimits.timeoutSec,
  )
  .option(
    "--max-waiting <count>",
    "Recordings that may wait for a worker; more are answered with 429",
    wholeNumber(0),
    defaultLimits.maxWaiting,
  )
  .option(
    "--rate <count>",
    "Requests of one token in a minute",
    wholeNumber(),
    defaultLimits.requestsPerMin,
  )
  .option("--max-streams <count>", "Live streams at once", wholeNumber(0), defaultLimits.maxStreams)
  .addOption(
    new Option(
      "--queue <url>",
      "Queue on Redis or PostgreSQL whose workers do the jobs, each an: undertone batch work that sees --folder at this path (default: the server's own workers)",
    ).env("UNDERTONE_QUEUE"),
  )
  .option("--max-jobs <count>", "Jobs that are kept at once", wholeNumber(), defaultLimits.maxJobs)
  .option(
    "--keep <hours>",
    "Hours after which a finished job is deleted",
    wholeNumber(),
    defaultLimits.keepHours,
  )
  .addHelpText(
    "after",
    examples(
      "undertone serve",
      "undertone serve --transcriber whisper-small --workers 4",
      "undertone serve --host 0.0.0.0 --allow-host media.example.org",
      "undertone serve --queue redis://10.0.0.5 --folder /shared/serve",
      "undertone serve --new-token",
      'curl -H "Authorization: Bearer $TOKEN" http://127.0.0.1:8150/v1/models',
    ),
  )
  .action(async (options) => {
    const { runServe } = await import("./run-serve.ts");
    await runServe(options);
  });

export type ServeOptions = ReturnType<typeof serveCommand.opts>;
