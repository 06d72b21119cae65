import { SMTPServer } from "smtp-server";
import type { MailFile } from "./mail-file.ts";

const MAX_BYTES = 30_000_000;

/** Takes every mail for every address, and says so only when it is in the file. */
export function listenSmtp(mails: MailFile, port: number): Promise<SMTPServer> {
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ["AUTH", "STARTTLS"],
    disableReverseLookup: true,
    hideSTARTTLS: true,
    logger: false,
    size: MAX_BYTES,
    banner: "Rekindle's local inbox",
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on("data", (chunk: Buffer) => chunks.push(chunk));
      stream.on("end", () => {
        const from = session.envelope.mailFrom === false ? "" : session.envelope.mailFrom.address;
        const to = session.envelope.rcptTo.map(({ address }) => address);
        if (stream.sizeExceeded) return done(Object.assign(new Error("too large"), { responseCode: 552 }));
        mails.append({ from, to }, Buffer.concat(chunks)).then(
          () => done(null, "kept"),
          () => done(Object.assign(new Error("cannot be stored"), { responseCode: 452 })),
        );
      });
    },
  });
  server.on("error", () => undefined);
  return new Promise((resolve, reject) => {
    server.server.once("error", reject);
    server.listen(port, "127.0.0.1", () => resolve(server));
  });
}
