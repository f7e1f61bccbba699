import type { Type } from '@nestjs/common';
import type { AuthFeature } from '../../auth-feature.js';
import type { AccountFlowsOn } from '../account-flow-settings.js';
import { AccountRescue } from '../flows/account-rescue.js';
import { EmailChange } from '../flows/email-change.js';
import { EmailVerification } from '../flows/email-verification.js';
import { PasswordChange } from '../flows/password-change.js';
import { PasswordReset } from '../flows/password-reset.js';
import { EmailChangeController } from './email-change.controller.js';
import { EmailVerificationController } from './email-verification.controller.js';
import { NotMeController } from './not-me.controller.js';
import { PasswordChangeController } from './password-change.controller.js';
import { PasswordResetController } from './password-reset.controller.js';

interface FlowRoutes {
  readonly controller: Type;
  /** What the application may inject for routes of its own. */
  readonly service: NonNullable<AuthFeature['exports']>[number];
  readonly bodies: NonNullable<AuthFeature['bodies']>;
}

/** The routes of each flow, and the service that they call. */
const FLOWS: Partial<Record<keyof AccountFlowsOn, FlowRoutes>> = {
  verifyEmail: {
    controller: EmailVerificationController,
    service: EmailVerification,
    bodies: { 'POST /email/verify/send': 'json', 'POST /email/verify': 'json' },
  },
  reset: {
    controller: PasswordResetController,
    service: PasswordReset,
    bodies: { 'POST /password/forgot': 'json', 'POST /password/reset': 'json' },
  },
  changePassword: {
    controller: PasswordChangeController,
    service: PasswordChange,
    bodies: { 'POST /password': 'json' },
  },
  changeEmail: {
    controller: EmailChangeController,
    service: EmailChange,
    bodies: { 'POST /email/change': 'json', 'POST /email/confirm': 'json', 'POST /email/undo': 'json' },
  },
  notMe: { controller: NotMeController, service: AccountRescue, bodies: { 'POST /not-me': 'json' } },
};

/** The routes and services of the flows that are on. */
export function routesOf(
  on: AccountFlowsOn,
): Required<Pick<AuthFeature, 'controllers' | 'exports' | 'bodies'>> {
  const flows = Object.entries(FLOWS).flatMap(([name, flow]) =>
    on[name as keyof AccountFlowsOn] ? flow : [],
  );
  return {
    controllers: flows.map(({ controller }) => controller),
    exports: flows.map(({ service }) => service),
    bodies: Object.assign({}, ...flows.map(({ bodies }) => bodies)) as FlowRoutes['bodies'],
  };
}
