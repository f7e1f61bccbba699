/**
 * Tries passwords, from another process: `node flood.mjs URL '{"addresses":5000,"connections":300,"names":["ada"]}'`. Each
 * connection sends its next try when the last one was answered, each try from the next address. Once a quarter of a second
 * it prints, as JSON, how many addresses it tried from and how often each status came back. It ends by SIGTERM.
 */
import { Agent, request } from 'node:http';

const [url, json] = process.argv.slice(2);
const { addresses, connections, names } = JSON.parse(json);
const agent = new Agent({ keepAlive: true, maxSockets: connections });
const statuses = {};
let tries = 0;

/** A device cookie that was made up: only a query tells it from a good one. */
const madeUp = `__Host-device=d1_${Buffer.alloc(34, 7).toString('base64url')}`;

function tryOnce(then) {
  const i = tries++ % addresses;
  const body = JSON.stringify({ identifier: names[i % names.length], password: 'wrong' });
  const headers = {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    'x-forwarded-for': `10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`,
    ...(i % 4 === 0 && { cookie: madeUp }),
  };
  const settle = (status) => {
    statuses[status] = (statuses[status] ?? 0) + 1;
    then();
  };
  const sent = request(url, { method: 'POST', agent, headers }, (response) => {
    response.resume().once('end', () => settle(response.statusCode));
  });
  sent.once('error', (error) => settle(error.code));
  sent.end(body);
}

for (let i = 0; i < connections; i++)
  tryOnce(function again() {
    tryOnce(again);
  });
setInterval(() => {
  console.log(JSON.stringify({ addresses: Math.min(tries, addresses), statuses }));
}, 250);
