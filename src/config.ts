import { z } from "zod";

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
  DATABASE_URL: z.url().optional(),
  TEMPORAL_ADDRESS: z.string().optional(),
  TEMPORAL_NAMESPACE: z.string().default("default"),
  REDIS_URL: z.url().optional(),
  SMTP_URL: z.url().optional(),
  PUBLIC_URL: z.url().optional(),
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
    .regex(/^(\s*[a-z]+=\d+\s*(,|$))*$/, "expected ROLE=REQUESTS_A_SECOND,…")
    .default(""),
  MAX_CONNECTIONS: z.coerce.number().int().min(1).default(5_000),
  STOP_DELAY_SECONDS: z.coerce.number().min(0).max(300).default(0),
  REKINDLE_LANG: z.string().optional(),
  LC_ALL: z.string().optional(),
  LANG: z.string().optional(),
});

/** @throws Error that names each wrong variable */
export function readConfig(env: NodeJS.ProcessEnv): Config {
  const set = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ""));
  const parsed = environment.safeParse(set);
  if (!parsed.success) {
    throw new Error(parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`).join("\n"));
  }
  const e = parsed.data;
  const tracesUrl =
    e.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT ?? e.OTEL_EXPORTER_OTLP_ENDPOINT?.replace(/\/*$/, "/v1/traces");
  const language = e.REKINDLE_LANG ?? e.LC_ALL ?? e.LANG ?? "en";
  return {
    home: e.REKINDLE_HOME,
    rules: e.REKINDLE_RULES,
    schema: e.REKINDLE_SCHEMA,
    temporalNamespace: e.TEMPORAL_NAMESPACE,
    port: e.PORT,
    safeRecipients: listOf(e.SAFE_RECIPIENTS),
    webhookPrivateHosts: listOf(e.WEBHOOK_PRIVATE_HOSTS),
    mailFrom: e.MAIL_FROM,
    locale: language.toLowerCase().startsWith("zh") ? "zh-CN" : "en",
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

function listOf(written: string): string[] {
  return written
    .split(",")
    .map((part) => part.trim())
    .filter(Boolean);
}
