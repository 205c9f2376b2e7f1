import type { Server } from "node:http";
import { UndertoneError } from "../shared/errors.ts";
import { systemCode } from "../shared/files.node.ts";

interface Place {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
}

/** Opens a server's port, and resolves to it. @throws UndertoneError `usage` where it cannot have the port or host */
export async function listen(server: Server, { host, port }: Place): Promise<number> {
  await new Promise<void>((done, fail) => {
    server.once("error", (cause) => {
      const why =
        systemCode(cause) === "EADDRINUSE"
          ? `Port ${port} is taken. Choose another by --port, or 0 for a free one.`
          : `The server cannot listen at ${host}, port ${port}: ${cause.message}`;
      fail(new UndertoneError("usage", why, { cause }));
    });
    server.listen(port, host, done);
  });
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : port;
}
