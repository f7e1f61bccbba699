import type { Type } from '@nestjs/common';
import type { AuthFeature } from '../../auth-feature.js';
import type { RouteDescriptions } from '../../route-description.js';
import type { AccountFlowsOn } from '../account-flow-settings.js';
import { AccountRescue } from '../flows/account-rescue.js';
import { EmailChange } from '../flows/email-change.js';
import { EmailVerification } from '../flows/email-verification.js';
import { PasswordChange } from '../flows/password-change.js';
import { PasswordReset } from '../flows/password-reset.js';
import { FLOW_DESCRIPTIONS } from './flow-descriptions.js';
import { MagicLinkController } from './magic-link.controller.js';
import { Askers } from '../askers/askers.js';
import { MailedSignIns } from '../sign-in-links/mailed-sign-ins.js';
import { SendCodeController, SignInCodeController } from './sign-in-code.controllers.js';
import { EmailChangeController } from './email-change.controller.js';
import { EmailVerificationController } from './email-verification.controller.js';
import { LinkPageScriptController } from './link-page-script.controller.js';
import { NotMeController } from './not-me.controller.js';
import { PasswordChangeController } from './password-change.controller.js';
import { PasswordResetController } from './password-reset.controller.js';

interface FlowRoutes {
  readonly controllers: readonly Type[];
  /** What the application may inject for routes of its own. */
  readonly services: NonNullable<AuthFeature['exports']>;
  readonly bodies: NonNullable<AuthFeature['bodies']>;
}

/** The routes of each flow, and the service that they call. */
const FLOWS: Readonly<Record<keyof AccountFlowsOn, FlowRoutes>> = {
  verifyEmail: {
    controllers: [EmailVerificationController, LinkPageScriptController],
    services: [EmailVerification],
    bodies: { 'POST /email/verify/send': 'json', 'POST /email/verify': 'json' },
  },
  reset: {
    controllers: [PasswordResetController, LinkPageScriptController],
    services: [PasswordReset],
    bodies: { 'POST /password/forgot': 'json', 'POST /password/reset': 'json' },
  },
  changePassword: {
    controllers: [PasswordChangeController],
    services: [PasswordChange],
    bodies: { 'POST /password': 'json' },
  },
  changeEmail: {
    controllers: [EmailChangeController, LinkPageScriptController],
    services: [EmailChange],
    bodies: { 'POST /email/change': 'json', 'POST /email/confirm': 'json', 'POST /email/undo': 'json' },
  },
  notMe: {
    controllers: [NotMeController, LinkPageScriptController],
    services: [AccountRescue],
    bodies: { 'POST /not-me': 'json' },
  },
  newDevice: { controllers: [], services: [], bodies: {} },
  magicLink: {
    controllers: [MagicLinkController, SignInCodeController],
    services: [MailedSignIns, Askers],
    bodies: {
      'POST /magic/send': 'json',
      'POST /magic/open': 'json',
      'POST /magic': 'json',
      'POST /code': 'json',
    },
  },
  codes: {
    controllers: [SendCodeController, SignInCodeController],
    services: [MailedSignIns, Askers],
    bodies: { 'POST /code/send': 'json', 'POST /code': 'json' },
  },
};

/** The routes and services of the flows that are on. */
export function routesOf(
  on: AccountFlowsOn,
): Required<Pick<AuthFeature, 'controllers' | 'exports' | 'bodies' | 'describes'>> {
  const names = (Object.keys(FLOWS) as (keyof AccountFlowsOn)[]).filter((name) => on[name]);
  const flows = names.map((name) => FLOWS[name]);
  return {
    controllers: [...new Set(flows.flatMap(({ controllers }) => controllers))],
    exports: [...new Set(flows.flatMap(({ services }) => services))],
    bodies: Object.assign({}, ...flows.map(({ bodies }) => bodies)) as FlowRoutes['bodies'],
    describes: Object.assign({}, ...names.map((name) => FLOW_DESCRIPTIONS[name])) as RouteDescriptions,
  };
}
