import fastify from "fastify";
import { registerApi } from "./api.ts";
import { openMailFile } from "./mail-file.ts";
import { registerPages } from "./pages.ts";
import { listenSmtp } from "./smtp.ts";

/** The local inbox: takes mail by SMTP and shows it by HTTP, both on the loopback only. Arguments: SMTP port, HTTP port, folder. */
const [smtpPort, httpPort, folder] = process.argv.slice(2) as [string, string, string];
const mails = await openMailFile(folder);
const app = fastify();
registerApi(app, mails);
registerPages(app, mails);
const smtp = await listenSmtp(mails, Number(smtpPort));
// last: whoever sees the pages answer may also send
await app.listen({ port: Number(httpPort), host: "127.0.0.1" });

for (const signal of ["SIGTERM", "SIGINT"] as const) {
  process.once(signal, () => {
    smtp.close(() => undefined);
    void mails.close().then(() => process.exit(0));
  });
}
