import { ACTION_TOKEN_MUTANTS } from './mutants/action-tokens.mjs';
import { ATTEMPT_MUTANTS } from './mutants/attempts.mjs';
import { CLIENT_MUTANTS } from './mutants/client.mjs';
import { DECISION_MUTANTS } from './mutants/decision.mjs';
import { FEED_MUTANTS } from './mutants/feed.mjs';
import { FORMER_SIGN_IN_MUTANTS } from './mutants/former-sign-ins.mjs';
import { HANDOVER_MUTANTS } from './mutants/handovers.mjs';
import { KEY_MUTANTS } from './mutants/keys.mjs';
import { LIVE_MUTANTS } from './mutants/live.mjs';
import { MEMORY_MUTANTS } from './mutants/memory.mjs';
import { OPENAPI_MUTANTS } from './mutants/openapi.mjs';
import { OPERATION_AND_MESSAGE_MUTANTS } from './mutants/operations-and-messages.mjs';
import { PASSWORD_MUTANTS } from './mutants/passwords.mjs';
import { SERVER_MUTANTS } from './mutants/servers.mjs';
import { SHARED_RECORD_MUTANTS } from './mutants/shared-records.mjs';
import { SIGNATURE_MUTANTS } from './mutants/signatures.mjs';
import { SIGNED_URL_MUTANTS } from './mutants/signed-urls.mjs';
import { STATEMENT_MUTANTS } from './mutants/statements.mjs';
import { STEP_MUTANTS } from './mutants/steps.mjs';
import { TRANSACTION_MUTANTS } from './mutants/transactions.mjs';

/**
 * Every way in which the code is broken. `breaks` says it in the words of the protocol; `find` is text that occurs
 * once in the file, and `put` what stands there instead. Each of the `suites` must catch it by itself.
 *
 * @type {readonly { breaks: string, file: string, find: string, put: string, suites: readonly string[] }[]}
 */
export const MUTANTS = [
  ...DECISION_MUTANTS,
  ...STEP_MUTANTS,
  ...MEMORY_MUTANTS,
  ...FEED_MUTANTS,
  ...KEY_MUTANTS,
  ...HANDOVER_MUTANTS,
  ...SHARED_RECORD_MUTANTS,
  ...PASSWORD_MUTANTS,
  ...STATEMENT_MUTANTS,
  ...TRANSACTION_MUTANTS,
  ...SERVER_MUTANTS,
  ...FORMER_SIGN_IN_MUTANTS,
  ...ACTION_TOKEN_MUTANTS,
  ...ATTEMPT_MUTANTS,
  ...SIGNATURE_MUTANTS,
  ...SIGNED_URL_MUTANTS,
  ...OPERATION_AND_MESSAGE_MUTANTS,
  ...LIVE_MUTANTS,
  ...CLIENT_MUTANTS,
  ...OPENAPI_MUTANTS,
];
