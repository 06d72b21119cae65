import { once } from "node:events";
import type { AddressInfo, Socket } from "node:net";
import { SMTPServer, type SMTPServerOptions } from "smtp-server";

export interface Received {
  to: string;
  messageId: string;
  raw: string;
}

export interface MailServer {
  url: string;
  mails: Received[];
  /** breaks every connection, as a server that dies does */
  cut(): void;
  close(): Promise<void>;
}

/** A real SMTP server on a free port that keeps what it has answered 250 to. */
export async function mailServer(options: SMTPServerOptions & { delayMs?: number } = {}): Promise<MailServer> {
  const mails: Received[] = [];
  const { delayMs, ...rest } = options;
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ["AUTH", "STARTTLS"],
    disableReverseLookup: true,
    logger: false,
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on("data", (chunk: Buffer) => chunks.push(chunk));
      stream.on("end", () => {
        const raw = Buffer.concat(chunks).toString();
        const messageId = /^Message-ID: <(.+)@rekindle>$/m.exec(raw)?.[1] ?? "";
        mails.push({ to: session.envelope.rcptTo[0]!.address, messageId, raw });
        if (delayMs) setTimeout(done, delayMs);
        else done();
      });
    },
    ...rest,
  });
  server.on("error", () => undefined); // clients that are killed reset their connections
  const sockets = new Set<Socket>();
  server.server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  server.listen(0, "127.0.0.1");
  await once(server.server, "listening");
  const { port } = server.server.address() as AddressInfo;
  return {
    url: `smtp://127.0.0.1:${port}`,
    mails,
    cut: () => sockets.forEach((socket) => socket.destroy()),
    close: () => new Promise((resolve) => server.close(resolve)),
  };
}
