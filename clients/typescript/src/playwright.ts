/** Fixtures of Playwright Test: a sandbox of its own for each test, and what is left of it after a failure. */
import { mkdir, writeFile } from "node:fs/promises";
import { dirname } from "node:path";

import { test as base, type TestInfo } from "@playwright/test";

import type { Sandbox } from "./sandbox.js";
import { connect, type Server } from "./server.js";
import type { Creation } from "./sandbox.js";

export { expect } from "@playwright/test";

/** How the sandbox of a test is created: `test.use({ vnsim: { scenario: "company-no", now: "2022-03-01T09:00+01:00" } })`. */
export interface Options extends Creation {
  faults?: Record<string, unknown>[];
}

export interface Fixtures {
  vnsim: Options;
  /** A sandbox of this test alone. */
  sandbox: Sandbox;
  /** Creates further ones; they are deleted after the test. */
  newSandbox: (options?: Options) => Promise<Sandbox>;
}

const SECONDS_TO_LIVE = 3600;

export const test = base.extend<Fixtures, { vnsimServer: Server }>({
  vnsimServer: [
    async ({}, use) => {
      await use(await connect());
    },
    { scope: "worker" },
  ],
  vnsim: [{}, { option: true }],
  newSandbox: async ({ vnsimServer }, use, testInfo) => {
    const created: Sandbox[] = [];
    await use(async ({ faults, delays, ...options } = {}) => {
      const sandbox = await vnsimServer.create({ ttl: SECONDS_TO_LIVE, ...options });
      created.push(sandbox);
      if (delays !== undefined) await sandbox.call("PUT", "/jobs", { delays });
      if (faults !== undefined) await sandbox.call("PUT", "/faults", { faults });
      return sandbox;
    });
    if (testInfo.status !== testInfo.expectedStatus) for (const sandbox of created) await leave(sandbox, testInfo);
    for (const sandbox of created) await sandbox.delete();
  },
  sandbox: async ({ newSandbox, vnsim }, use) => {
    await use(await newSandbox(vnsim));
  },
});

/** Attach to a failed test what happened in its sandbox, and the sandbox as a file that `vnsim sandbox import` opens. */
async function leave(sandbox: Sandbox, testInfo: TestInfo): Promise<void> {
  const parts: Record<string, () => Promise<unknown>> = {
    "events.json": () => sandbox.journal.all(),
    "messages.json": () => sandbox.inbox.all(),
    "requests.har": () => sandbox.requests.har(),
    "changes.json": () => sandbox.diff(),
    "faults.json": () => sandbox.faults.all(),
  };
  for (const [name, read] of Object.entries(parts)) {
    const content = await read().catch((error: unknown) => ({ error: String(error) }));
    await keep(testInfo, sandbox, name, JSON.stringify(content, undefined, 1), "application/json");
  }
  const file = await sandbox.export().catch(() => undefined);
  if (file) await keep(testInfo, sandbox, "sandbox.vnsim", file, "application/vnd.sqlite3");
}

/** Write a file beside Playwright's own of the test, and attach it to the report. */
async function keep(testInfo: TestInfo, sandbox: Sandbox, name: string, content: string | Buffer, contentType: string): Promise<void> {
  const path = testInfo.outputPath(sandbox.name, name);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
  await testInfo.attach(`${sandbox.name}/${name}`, { path, contentType });
}
