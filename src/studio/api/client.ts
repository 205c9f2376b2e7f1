/** The local API of `undertone studio`, with the types of its server. */
import type {
  ApiError,
  CheckProgress,
  CheckResult,
  ClipPage,
  Comparison,
  CorpusDetails,
  CorpusRow,
  PredictedClip,
  RecipeForm,
  RecipeRow,
  RunDetails,
  RunProgress,
  RunRow,
  SoundOf,
  SplitPlan,
  StudioFacts,
  TrainingOrder,
  TrainingState,
} from "../../server/api.ts";
import { sentBytes } from "../state/sent-bytes.ts";

/** An answer of the API that is no success; its message is for people. */
export class ApiFailure extends Error {
  readonly code: ApiError["error"]["code"];

  constructor({ code, message }: ApiError["error"]) {
    super(message);
    this.name = "ApiFailure";
    this.code = code;
  }
}

const address = (path: string): string => new URL(`api/${path}`, document.baseURI).href;

const id = encodeURIComponent;

const query = (given: Readonly<Record<string, string | number>>): string =>
  new URLSearchParams(Object.entries(given).map(([key, value]) => [key, String(value)])).toString();

async function answer<T>(path: string, init?: RequestInit): Promise<T> {
  const response = await fetch(address(path), init);
  if (response.ok) return response.json();
  const { error }: ApiError = await response.json();
  throw new ApiFailure(error);
}

function post<T>(path: string, content: unknown = {}): Promise<T> {
  const body = new TextEncoder().encode(JSON.stringify(content));
  sentBytes.value += body.length;
  return answer<T>(path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body,
  });
}

/** Which test clips a cell of the confusion matrix holds. */
export interface Cell {
  readonly actual: string;
  readonly predicted: string;
}

/** Which clips of a corpus to list. */
export interface ClipFilter {
  readonly label: string;
  readonly speaker: string;
  readonly text: string;
  readonly offset: number;
}

/** The API, an address a function. @throws ApiFailure */
export const api = {
  studio: () => answer<StudioFacts>("studio"),
  runs: () => answer<RunRow[]>("runs"),
  run: (runId: string) => answer<RunDetails>(`runs/${id(runId)}`),
  progress: (runId: string) => answer<RunProgress>(`runs/${id(runId)}/progress`),
  cellClips: (runId: string, cell: Cell) =>
    answer<PredictedClip[]>(`runs/${id(runId)}/clips?${query({ ...cell })}`),
  compare: (runIds: readonly string[]) =>
    answer<Comparison>(`comparison?${runIds.map((each) => `run=${id(each)}`).join("&")}`),
  recipes: () => answer<RecipeRow[]>("recipes"),
  recipe: (name: string) => answer<RecipeForm>(`recipes/${id(name)}`),
  train: (order: TrainingOrder) => post<TrainingState>("trainings", order),
  stop: (runId: string) => post<RunProgress>(`trainings/${id(runId)}/stop`),
  resume: (runId: string) => post<TrainingState>(`trainings/${id(runId)}/resume`),
  corpora: () => answer<CorpusRow[]>("corpora"),
  corpus: (corpusId: string) => answer<CorpusDetails>(`corpora/${id(corpusId)}`),
  clips: (corpusId: string, filter: ClipFilter) =>
    answer<ClipPage>(`corpora/${id(corpusId)}/clips?${query({ ...filter })}`),
  splits: (corpusId: string, protocol: string) =>
    answer<SplitPlan>(`corpora/${id(corpusId)}/splits?${query({ protocol })}`),
};

/** Returns the address of a clip as a WAV file. */
export const soundUrl = ({ corpusId, clipId }: SoundOf): string =>
  address(`corpora/${id(corpusId)}/sound?${query({ clip: clipId })}`);

/** Returns the address of a clip's mel spectrogram as a PNG. */
export const spectrogramUrl = ({ corpusId, clipId }: SoundOf): string =>
  address(`corpora/${id(corpusId)}/spectrogram?${query({ clip: clipId })}`);

/** Follows a run until it no longer runs. Returns what stops that. */
export function followRun(runId: string, onProgress: (progress: RunProgress) => void): () => void {
  const events = new EventSource(address(`runs/${id(runId)}/events`));
  events.addEventListener("progress", ({ data }: MessageEvent<string>) => {
    onProgress(JSON.parse(data));
  });
  events.addEventListener("end", () => events.close());
  return () => events.close();
}

interface CheckListener {
  readonly onProgress: (progress: CheckProgress) => void;
  readonly onResult: (result: CheckResult) => void;
  readonly onProblem: (message: string) => void;
}

/** Checks every clip of a corpus. Returns what stops that. */
export function checkCorpus(corpusId: string, listener: CheckListener): () => void {
  const events = new EventSource(address(`corpora/${id(corpusId)}/check`));
  const on = (name: string, handle: (data: string) => void): void =>
    events.addEventListener(name, ({ data }: MessageEvent<string>) => handle(data));
  on("progress", (data) => listener.onProgress(JSON.parse(data)));
  on("findings", (data) => {
    events.close();
    listener.onResult(JSON.parse(data));
  });
  on("problem", (data) => {
    events.close();
    const { error }: ApiError = JSON.parse(data);
    listener.onProblem(error.message);
  });
  return () => events.close();
}
