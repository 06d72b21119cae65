import { z } from "zod";
import type { Text } from "./campaign/program.ts";
import { error, InputError } from "./fault.ts";
import { localeOf } from "./locale.ts";

/** The whole configuration; read once by each root and passed down. URLs left out are served by embedded parts. */
export interface Config {
  /** data of embedded parts, generated secrets */
  home: string;
  /** folder of rules/ */
  rules: string;
  /** Postgres schema; also prefixes task queue, workflow ids and job queues, so that several can share the parts */
  schema: string;
  databaseUrl?: string;
  temporalAddress?: string;
  temporalNamespace: string;
  redisUrl?: string;
  smtpUrl?: string;
  /** set when smtpUrl is the local inbox: where its mail can be read (HTTP); the only channel a demo clock may use */
  inboxUrl?: string;
  /** what links in messages start with */
  publicUrl?: string;
  port: number;
  /** signs links; generated into the home when absent */
  secret?: string;
  /** addresses or @domains that may be written to; all other mail goes to the first of them */
  safeRecipients: string[];
  /** hosts on this machine or its network that webhooks may call, also without TLS */
  webhookPrivateHosts: string[];
  /** sender of mail: "Name <address>" */
  mailFrom: string;
  /** most mails a second, over all delivery processes; absent: as fast as it goes */
  mailPerSecond?: number;
  locale: "en" | "zh-CN";
  logLevel: "fatal" | "error" | "warn" | "info" | "debug";
  /** of processes that run long: JSON lines, or text for a person */
  logFormat: "json" | "plain";
  /** where worker and deliver answer /metrics, /readyz and /healthz; absent: nowhere */
  metricsPort?: number;
  /** opens /metrics to who is not on this machine */
  metricsToken?: string;
  /** where traces go (OTLP over HTTP), and which share of those that begin here */
  traces?: { url: string; ratio: number };
  /** addresses of proxies whose X-Forwarded-For is believed, as Fastify's trustProxy takes them */
  trustProxy?: string;
  /** requests a second that override the usual ones, by role, "public" or "address" */
  rateLimits: Record<string, number>;
  /** open connections beyond which `serve` takes no more */
  maxConnections: number;
  /** how long `serve` says that it is stopping before it does, for balancers that look at /readyz now and then */
  stopDelayMs: number;
}

const environment = z.object({
  REKINDLE_HOME: z.string().default(".rekindle"),
  REKINDLE_RULES: z.string().default("rules"),
  REKINDLE_SCHEMA: z
    .string()
    .regex(/^[a-z][a-z0-9_]{0,47}$/)
    .default("rekindle"),
  DATABASE_URL: z.url({ protocol: /^(postgres(ql)?|socket)$/ }).optional(),
  TEMPORAL_ADDRESS: z.string().optional(),
  TEMPORAL_NAMESPACE: z.string().default("default"),
  REDIS_URL: z.url({ protocol: /^(rediss?|unix)$/ }).optional(),
  SMTP_URL: z.url({ protocol: /^smtps?$/ }).optional(),
  PUBLIC_URL: z.url({ protocol: /^https?$/ }).optional(),
  PORT: z.coerce.number().int().min(0).max(65535).default(8420),
  REKINDLE_SECRET: z.string().min(16).optional(),
  SAFE_RECIPIENTS: z.string().default(""),
  WEBHOOK_PRIVATE_HOSTS: z.string().default(""),
  MAIL_FROM: z.string().default("Rekindle <hello@rekindle.example>"),
  MAIL_PER_SECOND: z.coerce.number().positive().optional(),
  LOG_LEVEL: z.enum(["fatal", "error", "warn", "info", "debug"]).default("info"),
  LOG_FORMAT: z.enum(["json", "plain"]).optional(),
  METRICS_PORT: z.coerce.number().int().min(0).max(65535).optional(),
  METRICS_TOKEN: z.string().min(16).optional(),
  OTEL_EXPORTER_OTLP_ENDPOINT: z.url().optional(),
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: z.url().optional(),
  OTEL_TRACES_SAMPLER_ARG: z.coerce.number().min(0).max(1).default(1),
  TRUST_PROXY: z.string().optional(),
  RATE_LIMITS: z
    .string()
    .regex(/^(\s*[a-z]+=\d+\s*(,|$))*$/)
    .default(""),
  MAX_CONNECTIONS: z.coerce.number().int().min(1).default(5_000),
  STOP_DELAY_SECONDS: z.coerce.number().min(0).max(300).default(0),
});

const PORT_NUMBER: Text = { en: "a port, 0 to 65535", "zh-CN": "端口号，0 至 65535" };
const HTTP_URL: Text = {
  en: "an address that begins with http:// or https://",
  "zh-CN": "以 http:// 或 https:// 开头的地址",
};
const LONG_TEXT: Text = { en: "at least 16 characters", "zh-CN": "至少 16 个字符" };

/** What a variable may say. Values are not repeated: they may hold passwords. */
const EXPECTED: Record<string, Text> = {
  REKINDLE_SCHEMA: {
    en: "small letters, digits and _, a letter first, at most 48",
    "zh-CN": "小写字母、数字和 _，以字母开头，至多 48 个",
  },
  DATABASE_URL: { en: "postgres://USER:PASSWORD@HOST:PORT/DATABASE", "zh-CN": "postgres://用户:密码@主机:端口/数据库" },
  REDIS_URL: { en: "redis://HOST:PORT", "zh-CN": "redis://主机:端口" },
  SMTP_URL: { en: "smtp://USER:PASSWORD@HOST:PORT or smtps://…", "zh-CN": "smtp://用户:密码@主机:端口 或 smtps://…" },
  PUBLIC_URL: HTTP_URL,
  OTEL_EXPORTER_OTLP_ENDPOINT: HTTP_URL,
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: HTTP_URL,
  PORT: PORT_NUMBER,
  METRICS_PORT: PORT_NUMBER,
  REKINDLE_SECRET: LONG_TEXT,
  METRICS_TOKEN: LONG_TEXT,
  MAIL_PER_SECOND: { en: "a number above 0", "zh-CN": "大于 0 的数" },
  LOG_LEVEL: { en: "fatal, error, warn, info or debug", "zh-CN": "fatal、error、warn、info 或 debug" },
  LOG_FORMAT: { en: "json or plain", "zh-CN": "json 或 plain" },
  OTEL_TRACES_SAMPLER_ARG: { en: "a share from 0 to 1", "zh-CN": "0 到 1 之间的比例" },
  RATE_LIMITS: { en: "ROLE=REQUESTS_A_SECOND,…", "zh-CN": "角色=每秒请求数,…" },
  MAX_CONNECTIONS: { en: "a whole number from 1", "zh-CN": "不小于 1 的整数" },
  STOP_DELAY_SECONDS: { en: "0 to 300", "zh-CN": "0 至 300" },
};

/** @throws InputError that names each wrong variable */
export function readConfig(env: NodeJS.ProcessEnv): Config {
  const set = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ""));
  const parsed = environment.safeParse(set);
  if (!parsed.success) throw wrongVariables(parsed.error.issues.map(({ path }) => path.join(".")));
  const e = parsed.data;
  const tracesUrl =
    e.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT ?? e.OTEL_EXPORTER_OTLP_ENDPOINT?.replace(/\/*$/, "/v1/traces");
  return {
    home: e.REKINDLE_HOME,
    rules: e.REKINDLE_RULES,
    schema: e.REKINDLE_SCHEMA,
    temporalNamespace: e.TEMPORAL_NAMESPACE,
    port: e.PORT,
    safeRecipients: listOf(e.SAFE_RECIPIENTS),
    webhookPrivateHosts: listOf(e.WEBHOOK_PRIVATE_HOSTS),
    mailFrom: e.MAIL_FROM,
    locale: localeOf(env),
    logLevel: e.LOG_LEVEL,
    logFormat: e.LOG_FORMAT ?? (process.stderr.isTTY ? "plain" : "json"),
    rateLimits: Object.fromEntries(
      listOf(e.RATE_LIMITS).map((entry) => {
        const [who, perSecond] = entry.split("=");
        return [who!, Number(perSecond)];
      }),
    ),
    maxConnections: e.MAX_CONNECTIONS,
    stopDelayMs: e.STOP_DELAY_SECONDS * 1000,
    ...(e.METRICS_PORT !== undefined && { metricsPort: e.METRICS_PORT }),
    ...(e.METRICS_TOKEN && { metricsToken: e.METRICS_TOKEN }),
    ...(tracesUrl && { traces: { url: tracesUrl, ratio: e.OTEL_TRACES_SAMPLER_ARG } }),
    ...(e.TRUST_PROXY && { trustProxy: e.TRUST_PROXY }),
    ...(e.DATABASE_URL && { databaseUrl: e.DATABASE_URL }),
    ...(e.TEMPORAL_ADDRESS && { temporalAddress: e.TEMPORAL_ADDRESS }),
    ...(e.REDIS_URL && { redisUrl: e.REDIS_URL }),
    ...(e.SMTP_URL && { smtpUrl: e.SMTP_URL }),
    ...(e.PUBLIC_URL && { publicUrl: e.PUBLIC_URL }),
    ...(e.MAIL_PER_SECOND && { mailPerSecond: e.MAIL_PER_SECOND }),
    ...(e.REKINDLE_SECRET && { secret: e.REKINDLE_SECRET }),
  };
}

function wrongVariables(names: string[]): InputError {
  return new InputError(
    [...new Set(names)].map((name) => {
      const { en, "zh-CN": chinese } = EXPECTED[name]!;
      const message = { en: "this environment variable has a value that it cannot have", "zh-CN": "环境变量的值无效" };
      return error(name, message, { en: `expected: ${en}`, "zh-CN": `应为：${chinese}` });
    }),
  );
}

function listOf(written: string): string[] {
  return written
    .split(",")
    .map((part) => part.trim())
    .filter(Boolean);
}
