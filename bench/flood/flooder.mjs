// Clients that use one refresh token at once, and again when `Retry-After` says so, or after a second.
import { Agent, request } from 'node:http';

const [url, clients] = process.argv.slice(2);
const agent = new Agent({ keepAlive: true, maxSockets: Number(clients) });
let running = null;

function use(token, counts) {
  const body = JSON.stringify({ refresh_token: token });
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
  return new Promise((resolve) => {
    const sent = request(`${url}/auth/refresh`, { method: 'POST', agent, headers });
    const count = (status, seconds = 1) => {
      counts[status] = (counts[status] ?? 0) + 1;
      resolve(seconds * 1_000);
    };
    sent.on('error', () => count('error'));
    sent.on('response', (response) => {
      const { statusCode, headers } = response.resume();
      response.on('end', () => count(statusCode, Number(headers['retry-after'] ?? 1)));
    });
    sent.end(body);
  });
}

function start(token) {
  const counts = {};
  let going = true;
  let end;
  const over = new Promise((resolve) => (end = resolve));
  const client = async () => {
    while (going) {
      const pause = await use(token, counts);
      await Promise.race([over, new Promise((next) => setTimeout(next, pause))]);
    }
  };
  const done = Promise.all(Array.from({ length: Number(clients) }, client));
  return async () => {
    going = false;
    end();
    await done;
    return counts;
  };
}

// A token starts the flood, null ends it.
process.on('message', async (token) => {
  if (token !== null) {
    running = start(token);
    process.send('started');
  } else process.send(await running());
});
process.on('disconnect', () => process.exit());
process.send('ready');
