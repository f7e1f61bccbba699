import { Body, HttpCode, Inject, Optional, Post, UseFilters } from '@nestjs/common';
import { DataSource } from 'typeorm';
import {
  AuthenticationService,
  Authenticator,
  AuthExceptionFilter,
  SigningKeys,
} from '../../libs/auth/dist/index.js';
import { ServiceClients } from '../../libs/auth/dist/features/service-issuer/index.js';
import { hostTransaction } from '../../libs/auth/dist/typeorm/index.js';
import { Directory } from './directory.mjs';
import { controller, first } from './plain-controller.mjs';

/** What a test tells a node to do: POST with JSON, as its application would call the library. */
export function controlController() {
  class ControlController {
    /** Principals whose password was checked, by the test's own key. */
    proved = new Map();
    /** Transactions that are open, by the subject that they change. */
    open = new Map();
    constructor(authentication, directory, authenticator, source, signingKeys, clients) {
      this.authentication = authentication;
      this.directory = directory;
      this.authenticator = authenticator;
      this.source = source;
      this.signingKeys = signingKeys;
      this.clients = clients;
    }
    async signIn({ subject, mode }) {
      return handedOut(await this.authentication.signIn(subject, { mode }));
    }
    /** Checks a password, and leaves the sign-in to `sign-in-proved`. */
    async prove({ subject, key }) {
      const requester = { ip: null, userAgent: null };
      this.proved.set(key, await this.authenticator.password(subject, 'right', requester));
      return {};
    }
    async signInProved({ key, mode }) {
      return handedOut(await this.authentication.signIn(this.proved.get(key), { mode }));
    }
    async rolesChanged({ subject }) {
      await this.authentication.rolesChanged(subject);
      return {};
    }
    async beginRolesChanged({ subject }) {
      const runner = this.source.createQueryRunner();
      await runner.startTransaction();
      await this.authentication.rolesChanged(subject, { transaction: hostTransaction(runner.manager) });
      this.open.set(subject, runner);
      return {};
    }
    async commitRolesChanged({ subject }) {
      const runner = this.open.get(subject);
      this.open.delete(subject);
      await runner.commitTransaction();
      await runner.release();
      return {};
    }
    async userDisabled({ subject }) {
      this.directory.disable(subject);
      return { ended: await this.authentication.userDisabled(subject) };
    }
    async credentialsChanged({ subject, keep }) {
      const kept = await this.authentication.credentialsChanged(subject, keep ? { keep } : {});
      return kept ? handedOut(kept) : {};
    }
    async forget({ subject }) {
      await this.authentication.forgetSubject(subject);
      return {};
    }
    async revokeEverything() {
      await this.authentication.revokeEverything();
      return {};
    }
    async endAll({ subject }) {
      return { ended: await this.authentication.endAllSignIns(subject) };
    }
    async end({ subject, id }) {
      await this.authentication.endSignIn(subject, id);
      return {};
    }
    async list({ subject }) {
      return await this.authentication.listSignIns(subject);
    }
    async rotateKeys({ announce }) {
      await this.signingKeys.rotate({ announce });
      return { signsWith: this.signingKeys.activeKid };
    }
    /** Of a node with serviceIssuer(). */
    async registerClient(registration) {
      return { secret: (await this.clients.register(registration)).secret };
    }
    async replaceKeys() {
      await this.signingKeys.replaceAll();
      return { signsWith: this.signingKeys.activeKid };
    }
    tellDirectory({ mode, subject, roles, enabled }) {
      if (mode !== undefined) this.directory.mode = mode;
      if (roles !== undefined) this.directory.setRoles(subject, roles);
      if (enabled) this.directory.enable(subject);
      return {};
    }
  }
  Inject(AuthenticationService)(ControlController, undefined, 0);
  Inject(Directory)(ControlController, undefined, 1);
  Inject(Authenticator)(ControlController, undefined, 2);
  Inject(DataSource)(ControlController, undefined, 3);
  Inject(SigningKeys)(ControlController, undefined, 4);
  Inject(ServiceClients)(ControlController, undefined, 5);
  Optional()(ControlController, undefined, 5);
  UseFilters(AuthExceptionFilter)(ControlController);
  const at = (path) => [Post(path), HttpCode(200), first(Body())];
  return controller(ControlController, 'control', {
    signIn: at('sign-in'),
    prove: at('prove'),
    signInProved: at('sign-in-proved'),
    rolesChanged: at('roles-changed'),
    beginRolesChanged: at('begin-roles-changed'),
    commitRolesChanged: at('commit-roles-changed'),
    userDisabled: at('user-disabled'),
    credentialsChanged: at('credentials-changed'),
    forget: at('forget'),
    revokeEverything: at('revoke-everything'),
    endAll: at('end-all'),
    end: at('end'),
    list: at('list'),
    rotateKeys: at('rotate-keys'),
    replaceKeys: at('replace-keys'),
    registerClient: at('register-client'),
    tellDirectory: at('directory'),
  });
}

/** The credentials of a sign-in, as `Credentials` of test/support/test-node.ts. */
function handedOut({ principal, accessToken, refreshToken, sessionToken }) {
  const { id: subject, signInId } = principal;
  return { subject, signInId, accessToken, refreshToken, sessionToken };
}
