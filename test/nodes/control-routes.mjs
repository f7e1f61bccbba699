import { Body, HttpCode, Inject, Post, UseFilters } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { AuthenticationService, AuthExceptionFilter } from '../../libs/auth/dist/index.js';
import { Directory } from './directory.mjs';
import { controller, first } from './plain-controller.mjs';

/** What a test tells a node to do: POST with JSON, as its application would call the library. */
export function controlController() {
  class ControlController {
    constructor(authentication, directory, source) {
      this.authentication = authentication;
      this.directory = directory;
      this.source = source;
      /** Transactions that are open, by the subject that they change. */
      this.open = new Map();
    }
    async signIn({ subject, mode }) {
      const result = await this.authentication.signIn(subject, { mode });
      const { accessToken, refreshToken, sessionToken } = result;
      return { subject, signInId: result.principal.signInId, accessToken, refreshToken, sessionToken };
    }
    async rolesChanged({ subject }) {
      await this.authentication.rolesChanged(subject);
      return {};
    }
    async beginRolesChanged({ subject }) {
      const runner = this.source.createQueryRunner();
      await runner.startTransaction();
      await this.authentication.rolesChanged(subject, { manager: runner.manager });
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
    async credentialsChanged({ subject }) {
      await this.authentication.credentialsChanged(subject);
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
    tellDirectory({ mode, subject, roles }) {
      if (mode !== undefined) this.directory.mode = mode;
      if (roles !== undefined) this.directory.setRoles(subject, roles);
      return {};
    }
  }
  Inject(AuthenticationService)(ControlController, undefined, 0);
  Inject(Directory)(ControlController, undefined, 1);
  Inject(DataSource)(ControlController, undefined, 2);
  UseFilters(AuthExceptionFilter)(ControlController);
  const at = (path) => [Post(path), HttpCode(200), first(Body())];
  return controller(ControlController, 'control', {
    signIn: at('sign-in'),
    rolesChanged: at('roles-changed'),
    beginRolesChanged: at('begin-roles-changed'),
    commitRolesChanged: at('commit-roles-changed'),
    userDisabled: at('user-disabled'),
    credentialsChanged: at('credentials-changed'),
    revokeEverything: at('revoke-everything'),
    endAll: at('end-all'),
    end: at('end'),
    list: at('list'),
    tellDirectory: at('directory'),
  });
}
