// Starts the sandbox that is installed in the working directory, as docs/testing.md does.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** Gives the first line that it prints, and a function that ends it. */
export async function start(...options) {
  const child = spawn(
    'npx',
    ['--no-install', 'link-widget-sandbox', '--with-parent', '--quiet', ...options],
    {
      stdio: ['pipe', 'pipe', 'inherit'],
    },
  );
  const [line] = await once(createInterface({ input: child.stdout }), 'line');
  return {
    line,
    async stop() {
      const ended = child.exitCode === null ? once(child, 'exit') : undefined;
      child.stdin.end();
      await ended;
    },
  };
}
