import { Tokenizer } from "@huggingface/tokenizers";
import { Session, type Runtime } from "../graph/session.ts";
import { UndertoneError } from "../shared/errors.ts";
import { longestSentence } from "./sentence-encoders.ts";

/** Sentences that are encoded at once. */
export const sentenceBatch = 32;

export interface SentenceEncoderFiles {
  /** ONNX: `input_ids`, `attention_mask`, `token_type_ids` → `last_hidden_state`. */
  readonly model: Uint8Array;
  /** Content of `tokenizer.json`. */
  readonly tokenizer: string;
}

/**
 * Makes vectors of sentences, each of length 1: the mean of what a pretrained encoder makes of their subwords.
 * @see Reimers & Gurevych 2019, Sentence-BERT
 */
export class SentenceEncoder {
  /** The bytes of its ONNX file. */
  readonly model: Uint8Array;
  readonly #session: Session;
  readonly #tokenizer: Tokenizer;

  private constructor(model: Uint8Array, session: Session, tokenizer: Tokenizer) {
    this.model = model;
    this.#session = session;
    this.#tokenizer = tokenizer;
  }

  /** @throws UndertoneError `model-invalid` when a file is not what it should be */
  static async open(
    runtime: Runtime,
    files: SentenceEncoderFiles,
    { threads }: { readonly threads?: number | undefined } = {},
  ): Promise<SentenceEncoder> {
    const tokenizer = parseTokenizer(files.tokenizer);
    const options = threads === undefined ? {} : { threads };
    const session = await Session.open(runtime, files.model, options);
    return new SentenceEncoder(files.model, session, tokenizer);
  }

  /** Ids of a text's subwords between those that mark its start and its end. */
  subwords(text: string): number[] {
    const { ids } = this.#tokenizer.encode(text.replaceAll(/[\u2018\u2019\u0092]/g, "'"));
    return ids.length > longestSentence ? [...ids.slice(0, longestSentence - 1), ids.at(-1)!] : ids;
  }

  /** Returns a vector for each text; batches of texts of like length waste least. */
  async encode(texts: readonly string[]): Promise<Float32Array[]> {
    const rows = texts.map((text) => this.subwords(text));
    const longest = Math.max(0, ...rows.map(({ length }) => length));
    const feed = (valueAt: (subwords: readonly number[], place: number) => number) => ({
      data: BigInt64Array.from(
        rows.flatMap((subwords) =>
          Array.from({ length: longest }, (_, place) => BigInt(valueAt(subwords, place))),
        ),
      ),
      shape: [rows.length, longest],
    });
    const outputs = await this.#session.run({
      input_ids: feed((subwords, place) => subwords[place] ?? 0),
      attention_mask: feed((subwords, place) => Number(place < subwords.length)),
      token_type_ids: feed(() => 0),
    });
    const states = outputs["last_hidden_state"]!;
    const size = states.length / rows.length;
    return rows.map((subwords, row) =>
      unitMean(states.subarray(row * size, (row + 1) * size), subwords.length, size / longest),
    );
  }

  async close(): Promise<void> {
    await this.#session.close();
  }
}

/** Direction of the mean of the first `count` of some states, [width] each. */
function unitMean(states: Float32Array, count: number, width: number): Float32Array {
  const sum = new Float64Array(width);
  for (let i = 0; i < count * width; i++) sum[i % width]! += states[i]!;
  const norm = Math.hypot(...sum);
  return Float32Array.from(sum, (value) => value / norm);
}

function parseTokenizer(content: string): Tokenizer {
  try {
    const tokenizer = new Tokenizer(JSON.parse(content), {});
    tokenizer.encode("");
    return tokenizer;
  } catch (cause) {
    throw new UndertoneError("model-invalid", `This is no tokenizer: ${String(cause)}`, { cause });
  }
}
