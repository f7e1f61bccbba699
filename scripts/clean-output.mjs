// Removes what an earlier build left, so that a deleted source cannot live on in the output.
import { rmSync } from 'node:fs';

for (const output of ['dist', 'libs/auth/dist']) rmSync(output, { recursive: true, force: true });
