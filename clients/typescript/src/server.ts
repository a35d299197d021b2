/** A server for tests: one that runs already, or one of their own that stops with them. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer, type Server as Listener } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { Api, NoServer, type Schemas } from "./api.js";
import { type Creation, Sandbox, until } from "./sandbox.js";

const SECONDS_TO_START = 120;

/** A server. */
export class Server {
  readonly url: string;

  constructor(readonly api: Api) {
    this.url = api.url;
  }

  async health(): Promise<Schemas["Health"]> {
    return this.api.get("/health");
  }

  async create(options: Creation = {}): Promise<Sandbox> {
    return new Sandbox(this.api, await this.api.call("POST", "/sandboxes", { scenario: "accountant-nl", ...options }));
  }
}

/** The server at an address: that of VNSIM_URL, with the token of VNSIM_CONTROL_TOKEN, when none is given. */
export async function connect(url?: string, token = process.env["VNSIM_CONTROL_TOKEN"]): Promise<Server> {
  const address = url ?? process.env["VNSIM_URL"] ?? process.env["VNSIM_BASE_URL"];
  if (!address) {
    throw new NoServer(
      "There is no simulator: set VNSIM_URL to one that runs, or let a run start its own with globalSetup: 'vnsim/global-setup'.",
    );
  }
  const server = new Server(new Api(address, token || undefined));
  await server.health();
  return server;
}

/** A server that was started here; it ends with this process, whatever ends it. */
export interface Started {
  server: Server;
  /** The port that takes mail of the tested application by SMTP. */
  smtpPort: number;
  stop(): Promise<void>;
}

/**
 * Start a server on a free port, which keeps nothing.
 *
 * @param command what starts it; that of VNSIM_COMMAND, else `vnsim`. Words are separated by blanks.
 */
export async function start(options: { command?: string } = {}): Promise<Started> {
  const directory = await mkdtemp(join(tmpdir(), "vnsim-tests-"));
  const ready = join(directory, "ready.json");
  const { listener, port } = await lifeline();
  const words = (options.command ?? process.env["VNSIM_COMMAND"] ?? "vnsim").split(" ").filter(Boolean);
  const serve = ["serve", "--ephemeral", "--port", "0", "--ready-file", ready, "--lifeline", String(port), "--smtp-port", "0"];
  const environment = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("VNSIM_")));
  const [program = "vnsim", ...before] = words;
  const child = spawn(program, [...before, ...serve], { env: environment, stdio: ["ignore", "pipe", "pipe"] });
  const output: Buffer[] = [];
  child.stdout.on("data", (piece: Buffer) => output.push(piece));
  child.stderr.on("data", (piece: Buffer) => output.push(piece));
  let failure: string | undefined;
  child.on("error", (error) => (failure = `${program} cannot be started: ${error.message}`));
  child.on("exit", () => (failure ??= Buffer.concat(output).toString().trim() || "it ended and says nothing."));
  const stop = async () => {
    listener.close();
    await ended(child);
    await rm(directory, { recursive: true, force: true });
  };
  const about = await until(SECONDS_TO_START, async () => {
    if (failure !== undefined) return { failure };
    const text = await readFile(ready, "utf8").catch(() => undefined);
    return text === undefined ? undefined : (JSON.parse(text) as { url: string; smtp_port: number });
  });
  if (about === undefined || "failure" in about) {
    await stop();
    throw new NoServer(`The simulator did not start: ${about?.failure ?? `not within ${SECONDS_TO_START} seconds.`}`);
  }
  return { server: await connect(about.url, ""), smtpPort: about.smtp_port, stop };
}

/** Listen on a port of this machine that the server stops without; nothing of it keeps this process alive. */
async function lifeline(): Promise<{ listener: Listener & { close(): void }; port: number }> {
  const listener = createServer((socket) => {
    socket.unref();
    socket.on("error", () => socket.destroy());
    sockets.add(socket);
  });
  const sockets = new Set<import("node:net").Socket>();
  await new Promise<void>((resolve, reject) => {
    listener.once("error", reject);
    listener.listen(0, "127.0.0.1", resolve);
  });
  listener.unref();
  const close = listener.close.bind(listener);
  listener.close = (...given) => {
    for (const socket of sockets) socket.destroy();
    return close(...given);
  };
  const address = listener.address();
  if (address === null || typeof address === "string") throw new NoServer("This machine gives no port.");
  return { listener, port: address.port };
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  await new Promise<void>((resolve) => child.once("exit", () => resolve()));
}
