/** Playwright's `globalSetup`: a server for the whole run, unless VNSIM_URL names one that runs. */
import { connect, start } from "./server.js";

export default async function globalSetup(): Promise<(() => Promise<void>) | undefined> {
  if (process.env["VNSIM_URL"] ?? process.env["VNSIM_BASE_URL"]) {
    await connect();
    return undefined;
  }
  const { server, smtpPort, stop } = await start();
  process.env["VNSIM_URL"] = server.url;
  process.env["VNSIM_SMTP_PORT"] = String(smtpPort);
  return stop;
}
