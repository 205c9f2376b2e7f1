import type { HttpBindings } from "@hono/node-server";
import { Hono } from "hono";
import { z } from "zod";
import { checkClips } from "../../datasets/check.ts";
import { labelsOf, speakersOf, type Clip } from "../../datasets/manifest.ts";
import { measureClips } from "../../datasets/measure.ts";
import { protocolNames } from "../../datasets/protocols.ts";
import { corpusStats, countLabels } from "../../datasets/stats.ts";
import { drawStats } from "../../reports/corpus-picture.ts";
import type {
  CheckProgress,
  CheckResult,
  ClipPage,
  ClipRow,
  CorpusDetails,
  CorpusRow,
  SplitPlan,
} from "../api.ts";
import { sendEvents } from "../events.ts";
import { apiError } from "../api-error.ts";
import { parsed } from "../parsed.ts";
import { sendBytes } from "../send.ts";
import { clipSpectrogram, clipWav } from "./clip-sound.ts";
import type { Corpora } from "./corpora.ts";
import { splitPlan } from "./split-plan.ts";

const filterSchema = z.strictObject({
  label: z.string().default(""),
  speaker: z.string().default(""),
  text: z.string().default(""),
  offset: z.coerce.number().int().min(0).default(0),
  limit: z.coerce.number().int().min(1).max(500).default(100),
});

const protocolSchema = z.strictObject({ protocol: z.enum(protocolNames) });

const clipSchema = z.strictObject({ clip: z.string() });

/** Shows corpora, and plays and draws their clips; no other file of them is ever sent. */
export function corpusRoutes(corpora: Corpora, closing: AbortSignal) {
  return new Hono<{ Bindings: HttpBindings }>()
    .get("/", async (context) => context.json<CorpusRow[]>(await corpora.list()))
    .get("/:id", async (context) => {
      const id = context.req.param("id");
      const { corpus, root, clips, leftOut, warnings } = await corpora.read(id);
      const speakers = speakersOf(clips).map((speaker) => [
        speaker,
        clips.filter(({ speakerId }) => speakerId === speaker).length,
      ]);
      return context.json<CorpusDetails>({
        id,
        path: root,
        corpus,
        clips: clips.length,
        labels: countLabels(clips, labelsOf(clips)),
        speakers: Object.fromEntries(speakers),
        leftOut,
        warnings,
      });
    })
    .get("/:id/clips", async (context) => {
      const filter = parsed(filterSchema, context.req.query());
      const { clips } = await corpora.read(context.req.param("id"));
      const found = clips.filter((clip) => passes(clip, filter));
      const { offset, limit } = filter;
      return context.json<ClipPage>({
        total: found.length,
        clips: found.slice(offset, offset + limit).map(rowOf),
      });
    })
    .get("/:id/sound", async (context) => {
      const { clip } = parsed(clipSchema, context.req.query());
      const found = await corpora.clip(context.req.param("id"), clip);
      context.header("content-type", "audio/wav");
      return sendBytes(context, await clipWav(found, closing));
    })
    .get("/:id/spectrogram", async (context) => {
      const { clip } = parsed(clipSchema, context.req.query());
      const found = await corpora.clip(context.req.param("id"), clip);
      context.header("content-type", "image/png");
      return sendBytes(context, await clipSpectrogram(found, closing));
    })
    .get("/:id/splits", async (context) => {
      const { protocol } = parsed(protocolSchema, context.req.query());
      const corpus = await corpora.read(context.req.param("id"));
      return context.json<SplitPlan>(splitPlan(corpus, protocol));
    })
    .get("/:id/check", async (context) => {
      const corpus = await corpora.read(context.req.param("id"));
      return sendEvents(context, closing, async (send, signal) => {
        try {
          const onProgress = ({
            done,
            total = done,
          }: {
            done: number;
            total?: number | undefined;
          }) => void send("progress", { done, total } satisfies CheckProgress);
          const measures = await measureClips(corpus, { onProgress, signal });
          const lengths = measures.flatMap((each) => ("error" in each ? [] : [each.durationSec]));
          const picture = drawStats(corpusStats(corpus, measures), lengths);
          const findings = checkClips(measures);
          await send("findings", { findings, picture } satisfies CheckResult);
        } catch (error) {
          await send("problem", apiError(error).body);
        }
      });
    });
}

function passes(
  { id, emotion, speakerId, transcript = "" }: Clip,
  { label, speaker, text }: z.infer<typeof filterSchema>,
): boolean {
  const searched = `${id}\n${transcript}`.toLowerCase();
  return (
    (label === "" || emotion === label) &&
    (speaker === "" || speakerId === speaker) &&
    searched.includes(text.toLowerCase())
  );
}

const rowOf = ({ id, emotion, speakerId, sex, transcript, split }: Clip): ClipRow => ({
  id,
  label: emotion,
  speakerId,
  ...(sex && { sex }),
  ...(transcript !== undefined && { transcript }),
  ...(split && { split }),
});
