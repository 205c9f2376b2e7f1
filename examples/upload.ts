/**
 * A server that answers an uploaded recording with its emotions; the event loop stays free meanwhile:
 *
 *   npx tsx examples/upload.ts [port] [model]
 *   curl --data-binary @interview.mp3 http://127.0.0.1:8080/
 */
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { loadRecognizer, UndertoneError } from "undertone";

const [port = "8080", model] = process.argv.slice(2);
const recognizer = await loadRecognizer({ model });

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const gone = new AbortController();
  response.on("close", () => gone.abort());
  try {
    const options = { maxBytes: 50e6, signal: gone.signal };
    const analysis = await recognizer.analyze(request, options);
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify(analysis));
  } catch (error) {
    if (!(error instanceof UndertoneError)) throw error;
    response.writeHead(error.code.startsWith("audio-") ? 422 : 500).end(error.message);
  }
}

const server = createServer((request, response) => void answer(request, response));
await once(server.listen(Number(port), "127.0.0.1"), "listening");
const address = server.address();
console.log(`http://127.0.0.1:${typeof address === "object" ? address?.port : port}`);
await Promise.race([once(process, "SIGINT"), once(process, "SIGTERM")]);
server.close();
await recognizer.close();
