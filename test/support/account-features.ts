import { accountFlows } from 'nestjs-aerie/account-flows';

/** The feature as a connection's tables need it: no mail is sent there. */
export const accountTables = () => accountFlows({ mailer: { send: async () => undefined } });
