import { expressSession, formerSignIns, type FormerSessionStore } from 'nestjs-aerie/former-sign-ins';

const none: FormerSessionStore = {
  get: (_id, answer) => answer(null),
  destroy: (_id, answer) => answer(),
};

/** The feature as a connection's tables need it: its credentials do not matter there. */
export const formerTables = () =>
  formerSignIns({
    accept: [expressSession({ store: none, secret: 'a secret that signs nothing' })],
    until: new Date(Date.now() + 86_400_000).toISOString(),
  });
