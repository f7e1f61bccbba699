import { BadRequestException } from '@nestjs/common';

const MIN = 8;
const MAX = 1024;
const COMMON = new Set([
  'password',
  'passw0rd',
  'password1',
  '12345678',
  '123456789',
  '1234567890',
  'qwertyuiop',
  'iloveyou',
  'letmein1',
  'trustno1',
]);

/** Checks the length and refuses the most common passwords; no rules of composition (NIST SP 800-63B-4, 3.1.1.2). Throws BadRequestException. */
export function checkPassword(password: string, email: string): void {
  if (password.length < MIN || password.length > MAX) {
    throw new BadRequestException(`"password" must have ${MIN} to ${MAX} characters.`);
  }
  const plain = password.toLowerCase();
  if (COMMON.has(plain) || plain === email.toLowerCase() || new Set(plain).size === 1) {
    throw new BadRequestException('"password" is too easy to guess.');
  }
}
