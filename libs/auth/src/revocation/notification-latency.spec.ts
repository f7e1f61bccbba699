import { beforeEach, describe, expect, it } from '@jest/globals';
import { AuthCounters } from '../audit/auth-counters.js';
import { NotificationLatency } from './notification-latency.js';

describe('NotificationLatency', () => {
  let now: number;
  let measured: number[];
  let counters: AuthCounters;
  let timing: NotificationLatency;
  beforeEach(() => {
    now = 1_000;
    measured = [];
    counters = new AuthCounters();
    counters.onNotificationKnown((ms) => void measured.push(ms));
    timing = new NotificationLatency({ monotonic: () => now }, counters);
  });
  const at = (time: number, work: () => void): void => {
    now = time;
    work();
  };

  it('ends with the poll that was sent after the notification, not with one that was under way', () => {
    at(1_010, () => timing.heard());
    at(1_015, () => timing.answered(1_005));
    expect(measured).toEqual([]);
    at(1_022, () => timing.answered(1_016));
    expect(measured).toEqual([12]);
  });

  it('begins with the first of several notifications, all of which are counted, and measures once', () => {
    at(1_010, () => timing.heard());
    at(1_020, () => timing.heard());
    at(1_030, () => timing.answered(1_025));
    at(1_040, () => timing.answered(1_035));
    expect(measured).toEqual([20]);
    expect(counters.notificationsReceived).toBe(2);
  });

  it('measures no notification that gets no poll', () => {
    timing.heard();
    timing.forget();
    at(1_010, () => timing.answered(1_005));
    expect(measured).toEqual([]);
  });
});
