// `npm start` of a copy: the README's first command.
import { spawn } from 'node:child_process';
import { createServer } from 'node:net';

/** True when `npm start` answers and ends when asked to; throws what went wrong. */
export async function demoAnswers(cwd, env) {
  const port = await freePort();
  const demo = spawn('npm', ['start'], {
    cwd,
    env: { ...process.env, ...env, PORT: String(port) },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  let output = '';
  for (const stream of [demo.stdout, demo.stderr])
    stream.setEncoding('utf8').on('data', (text) => (output += text));
  const ended = new Promise((resolve) => demo.once('close', resolve));
  const end = (signal) => {
    try {
      process.kill(-demo.pid, signal);
    } catch {
      // it has ended
    }
  };
  try {
    for (let tries = 0; tries < 240 && !/listens on/.test(output) && demo.exitCode === null; tries++)
      await new Promise((next) => setTimeout(next, 500));
    if (!/listens on/.test(output)) throw new Error(`it did not start\n${output}`);
    const url = `http://127.0.0.1:${port}`;
    const json = { 'content-type': 'application/json' };
    const ada = { email: 'ada@example.com', password: 'correct horse battery' };
    const registered = await fetch(`${url}/users`, {
      method: 'POST',
      headers: json,
      body: JSON.stringify(ada),
    });
    const body = JSON.stringify({ identifier: ada.email, password: ada.password });
    const login = await fetch(`${url}/auth/login`, { method: 'POST', headers: json, body });
    const statuses = [registered.status, login.status].join(', ');
    if (statuses !== '201, 200') throw new Error(`registration and login answered ${statuses}`);
    return true;
  } finally {
    end('SIGTERM');
    const late = setTimeout(() => end('SIGKILL'), 10_000);
    await ended;
    clearTimeout(late);
  }
}

async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}
