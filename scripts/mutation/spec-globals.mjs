import { expect } from 'expect';

/** What a spec of pure functions takes from Jest, for a process that is up in no time: its cases are collected here. */
export const cases = [];

export const describe = (suite, body) => {
  const before = cases.length;
  body();
  for (const one of cases.slice(before)) one.name = `${suite} ${one.name}`;
};
export const it = (name, run) => cases.push({ name, run });
export { expect };
