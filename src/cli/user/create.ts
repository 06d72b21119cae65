import type { Command } from "commander";
import { createUser } from "../../operate/access/user.ts";
import { ROLES } from "../../store/api-key.ts";
import { generatePassword, readPassword } from "../password.ts";
import { withServices } from "../services.ts";

interface Options {
  role: string;
  team?: string;
  person?: string;
  generate?: boolean;
  json?: boolean;
}

export function register(parent: Command): void {
  parent
    .command("create")
    .description("lets somebody sign in; the password is asked for, or read from standard input")
    .argument("<name>", "what they sign in with: small letters, digits, . _ @ -")
    .requiredOption("--role <role>", `what they may do: ${ROLES.join(", ")}`)
    .option("--team <team>", "of sales or service: whose tasks and customers they see")
    .option("--person <person>", "the same, as tasks and customers name them")
    .option("--generate", "make a password and print it this once")
    .option("--json", "as JSON")
    .action((name: string, { generate, json, ...asked }: Options) =>
      withServices([], async ({ config: { locale }, db }) => {
        const password = generate
          ? generatePassword()
          : await readPassword({ en: "password: ", "zh-CN": "密码：" }[locale]);
        const user = await createUser(db, { name, ...asked, password });
        if (json) return console.log(JSON.stringify({ ...user, ...(generate && { password }) }));
        console.error(
          { en: `${name} may sign in as ${user.role}`, "zh-CN": `${name} 可以 ${user.role} 身份登录` }[locale],
        );
        if (generate) console.log(password);
      }),
    );
}
