/** Types of the security events of the account flows. */
export const ACCOUNT_FLOW_EVENTS = [
  'account-flows.asked',
  'account-flows.mail_lost',
  'account-flows.mail_limited',
  'account-flows.email_verified',
  'account-flows.password_reset',
  'account-flows.password_changed',
  'account-flows.email_changed',
  'account-flows.email_undone',
  'account-flows.not_me',
  'account-flows.new_device',
  'account-flows.credentials_voided',
  'account-flows.token_refused',
] as const;

/** One of the types of the security events of the account flows. */
export type AccountFlowEventType = (typeof ACCOUNT_FLOW_EVENTS)[number];
