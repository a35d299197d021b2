/** The package's own tests, as an application would configure them. */
import { defineConfig } from "@playwright/test";

const browser = process.env["VNSIM_BROWSER"];

export default defineConfig({
  testDir: "tests",
  globalSetup: "./dist/global-setup.js",
  outputDir: "test-results",
  reporter: [["list"], ["json", { outputFile: "test-results/report.json" }]],
  workers: 2,
  use: { ...(browser ? { launchOptions: { executablePath: browser } } : {}) },
});
