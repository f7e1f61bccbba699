import { Module } from '@nestjs/common';
import { UserDirectory } from '../../libs/auth/dist/index.js';

/** The users of a node, in its memory: every id that is asked for is a user, with the roles that were given last. */
export class Directory extends UserDirectory {
  /** `ok`; `throw`: it fails; `hang`: it says nothing until it is told something else. */
  #mode = 'ok';
  #released = Promise.resolve();
  #release = () => undefined;
  #roles = new Map();
  #disabled = new Set();

  set mode(mode) {
    this.#release();
    this.#mode = mode;
    if (mode === 'hang') this.#released = new Promise((resolve) => (this.#release = resolve));
  }

  setRoles(subject, roles) {
    this.#roles.set(subject, roles);
  }

  disable(subject) {
    this.#disabled.add(subject);
  }

  enable(subject) {
    this.#disabled.delete(subject);
  }

  async findSubject(identifier) {
    await this.#answering();
    return identifier;
  }

  async verifyPassword() {
    await this.#answering();
    return true;
  }

  async loadSubject(id) {
    await this.#answering();
    return { id, roles: this.#roles.get(id) ?? ['user'], disabled: this.#disabled.has(id) };
  }

  async #answering() {
    if (this.#mode === 'throw') throw new Error('the directory does not answer');
    if (this.#mode === 'hang') await this.#released;
  }
}

export class DirectoryModule {}
Module({ providers: [Directory], exports: [Directory] })(DirectoryModule);
