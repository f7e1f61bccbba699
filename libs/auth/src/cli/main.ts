#!/usr/bin/env node
import { commandLine } from './command-line.js';
import { Terminal } from './terminal.js';

// Whoever reads us may stop early, as `head` does.
process.stdout.on('error', () => process.exit());
const code = await commandLine(process.argv.slice(2), new Terminal());
// What an application left open must not keep a command alive.
process.stdout.write('', () => process.stderr.write('', () => process.exit(code)));
