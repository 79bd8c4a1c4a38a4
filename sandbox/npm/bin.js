#!/usr/bin/env node
// Runs the program, which npm has installed in a package of this machine's platform.
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { constants } from 'node:os';

const { platform, arch } = process;
const name = `link-widget-sandbox-${platform}-${arch}`;
const file = `link-widget-sandbox${platform === 'win32' ? '.exe' : ''}`;

let program;
try {
  program = createRequire(import.meta.url).resolve(`${name}/${file}`);
} catch {
  console.error(`link-widget-sandbox has no program for ${platform}-${arch}: the package ${name} is not installed.
Was it installed with --omit=optional, or on another machine? Install it again here.
Other platforms: cargo install --path demo, in the repository of link-widget.`);
  process.exit(1);
}

const child = spawn(program, process.argv.slice(2), { stdio: 'inherit' });
child.on('error', (error) => {
  console.error(`link-widget-sandbox cannot be started: ${error.message}`);
  process.exit(1);
});
// What is meant for it reaches it, and it decides when this ends.
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
  process.on(signal, () => child.kill(signal));
}
child.on('exit', (code, signal) => process.exit(signal ? 128 + constants.signals[signal] : code));
