// The load: a process of its own, which sends requests over a number of connections and counts the good answers.
import autocannon from 'autocannon';

process.on('message', async ({ url, headers, seconds, connections }) => {
  const before = process.cpuUsage();
  const started = performance.now();
  const result = await autocannon({ url, headers, connections, duration: seconds });
  const { user, system } = process.cpuUsage(before);
  process.send({
    busy: (user + system) / 1000 / (performance.now() - started),
    perSecond: result['2xx'] / result.duration,
    requests: result['2xx'],
    failures: result.non2xx + result.errors + result.timeouts,
  });
});
process.send('ready');
