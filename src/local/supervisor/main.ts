import { createServer } from "node:net";
import type { Text } from "../../campaign/program.ts";
import { currentDoor, freePort, isFree } from "../door.ts";
import { openHome } from "../home.ts";
import { kinds } from "../part/kinds.ts";
import { endProcess, identify, isRunning, pause } from "../process.ts";
import type { Endpoints, Part } from "../wire.ts";
import { createKeeper } from "./keeper.ts";
import { createLeases } from "./leases.ts";
import { readState, type State, writeState } from "./state.ts";

/** Another supervisor, or a stranger, has the home's port. */
const EXIT_NOT_MINE = 75;
/** after the last lease, so that commands in a row share the parts */
const GRACE_MS = 1_000;
/** for the command that started us to take its lease */
const FIRST_GRACE_MS = 20_000;

/** The one process that owns a home's parts: starts those that commands' leases ask for, stops them after the last. */
const home = openHome(process.argv[2]!);
const door = await currentDoor(home);
const server = createServer((socket) => leases.accept(socket));
server.on("error", () => process.exit(EXIT_NOT_MINE));
const listening = new Promise<void>((resolve) => {
  server.listen({ port: door.port, host: "127.0.0.1", exclusive: true }, resolve);
});

const state: State = { parts: {}, endpoints: {}, ports: {} };
const ready = listening.then(clearUp);
const keepers = Object.fromEntries(Object.values(kinds).map((kind) => [kind.name, keeperOf(kind.name)]));
const leases = createLeases(home, ensure, count);
let stopping = false;
let idle = setTimeout(() => void stop(), FIRST_GRACE_MS);
for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => void stop());
process.on("SIGHUP", () => undefined);
await ready;

/** What a supervisor that was killed left running is ended: on its ports and data, ours could not start. */
async function clearUp(): Promise<void> {
  const former = readState(home);
  if (former.supervisor && isRunning(former.supervisor)) process.exit(EXIT_NOT_MINE);
  state.ports = former.ports;
  await Promise.all(
    Object.entries(former.parts).map(([part, identity]) =>
      endProcess(identity, kinds[part as Part].stopSignal, 10_000),
    ),
  );
  const self = identify(process.pid);
  if (self) state.supervisor = self;
  writeState(home, state);
}

function keeperOf(part: Part) {
  return createKeeper(kinds[part], { home, port, say }, (identity) => {
    if (identity) state.parts[part] = identity;
    else delete state.parts[part];
    writeState(home, state);
  });
}

const taken = new Set<string>();
async function port(name: string): Promise<number> {
  const known = state.ports[name];
  // asked about once a life: afterwards it is our own part that has it
  if (known !== undefined && (taken.has(name) || (await becomesFree(known)))) {
    taken.add(name);
    return known;
  }
  const chosen = await freePort();
  // a second caller may have been waiting beside us
  if (!taken.has(name)) {
    taken.add(name);
    state.ports[name] = chosen;
    writeState(home, state);
  }
  return state.ports[name]!;
}

/** A predecessor that was killed may need a moment to let go. */
async function becomesFree(port: number): Promise<boolean> {
  for (let attempt = 0; attempt < 10; attempt++) {
    if (await isFree(port)) return true;
    await pause(200);
  }
  return false;
}

async function ensure(need: Part[]): Promise<Endpoints> {
  await ready;
  const found = await Promise.all(need.map((part) => keepers[part]!.ensure()));
  Object.assign(state.endpoints, ...found);
  writeState(home, state);
  return Object.assign({}, ...found) as Endpoints;
}

function say(text: Text): void {
  console.log(new Date().toISOString(), text.en);
  leases.say(text);
}

function count(leasesNow: number): boolean {
  if (stopping) return false;
  clearTimeout(idle);
  if (leasesNow === 0) idle = setTimeout(() => void stop(), GRACE_MS);
  return true;
}

async function stop(): Promise<void> {
  if (stopping) return;
  stopping = true;
  await ready;
  // the port stays ours meanwhile: nobody can start a second set on the same data
  for (const kind of Object.values(kinds).reverse()) await keepers[kind.name]!.stop();
  delete state.supervisor;
  state.endpoints = {};
  writeState(home, state);
  process.exit(0);
}
