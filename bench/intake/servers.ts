import { startProcesses } from "../../src/local/processes.ts";

export interface Listening {
  url: string;
  pid: number;
  stop(): Promise<void>;
}

/** A server process of its own, once it says where it listens. */
export async function listening(name: string, env: NodeJS.ProcessEnv, program?: URL): Promise<Listening> {
  const lines: string[] = [];
  let heard: (url: string) => void = () => undefined;
  const url = new Promise<string>((resolve) => (heard = resolve));
  const processes = startProcesses({
    names: [name],
    ...(program && { program }),
    env,
    onLine(_, line) {
      lines.push(line);
      const found = /listening on (http\S+)/.exec(line)?.[1];
      if (found) heard(found);
    },
  });
  const late = setTimeout(() => heard(""), 60_000);
  const at = await url;
  clearTimeout(late);
  if (at === "") {
    await processes.stop();
    throw new Error(`${name} does not listen: ${lines.slice(-5).join(" | ")}`);
  }
  return { url: at, pid: processes.pids[name]!, stop: () => processes.stop() };
}
