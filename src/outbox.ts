// The demo's mails. `npm run outbox` shows every one; `npm run --silent outbox -- KIND ADDRESS` waits for one, and prints its
// link or code alone.
import { Outbox, outboxFolder } from './mail/outbox.js';

const WAIT_MS = 10_000;

const [kind, to] = process.argv.slice(2);
const folder = outboxFolder(process.env);
const outbox = new Outbox(folder);
if (kind === undefined) {
  for (const mail of outbox.list())
    console.log(`To: ${mail.to}\nSubject: ${mail.subject}\n\n${mail.text}\n---\n`);
} else if (to === undefined) {
  console.error('usage: npm run outbox [-- KIND ADDRESS], such as -- reset-password ada@example.com');
  process.exitCode = 2;
} else {
  const mail = await outbox.open(kind, to.toLowerCase(), WAIT_MS);
  if (mail === null) {
    console.error(`no new mail ${kind} to ${to} in ${folder}`);
    process.exitCode = 1;
  } else console.log(mail.secret ?? mail.text);
}
