import { createRequire } from "node:module";
import { join } from "node:path";

/** Starts Chromium, as the tests do: it asks nothing, and talks to nobody but the page. `peers`: where puppeteer-core is. */
export function launch(peers) {
  const puppeteer = createRequire(join(peers, "/"))("puppeteer-core");
  return puppeteer.launch({
    executablePath: "/usr/bin/chromium",
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
    defaultViewport: { width: 1000, height: 1000 },
  });
}
