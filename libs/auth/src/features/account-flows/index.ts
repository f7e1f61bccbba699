// `nestjs-aerie/account-flows`: e-mail addresses and passwords of accounts, sign-in by link and by code
export { accountFlows } from './account-flows.js';
export type { AccountFlowsOptions, AccountFlowSwitches, LinkPaths } from './account-flow-settings.js';

// The flows, for routes of your own
export { AccountRescue } from './flows/account-rescue.js';
export { EmailChange, type EmailChangeOptions, type EmailConfirmOptions } from './flows/email-change.js';
export {
  EmailVerification,
  type EmailVerified,
  type EmailVerifyOptions,
} from './flows/email-verification.js';
export { PasswordChange, type PasswordChangeOptions } from './flows/password-change.js';
export { PasswordReset } from './flows/password-reset.js';

// Sign-in by link and by code
export { MailedSignIns, type OpenedLink } from './sign-in-links/mailed-sign-ins.js';
export { Askers } from './askers/askers.js';
export type { Asker } from './askers/asker.js';

// Its mails
export {
  type AccountMail,
  AccountMailer,
  type AccountMailKind,
  type MailAsked,
} from './mail/account-mailer.js';
export { accountMailText, type AccountMailText } from './mail/account-mail-text.js';

// For stores of your own
export type { ActionPurpose, ActionTokenReading, ActionTokenRow } from './tokens/action-token.js';
export { ActionTokenStore, type DueEnding, type NewActionToken } from './tokens/action-token-store.js';
