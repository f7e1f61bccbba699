import { describe } from '@jest/globals';
import { announcementFlood } from './flood.js';

describe.each(['postgres', 'mariadb', 'sqlite'] as const)(
  'a flood of announcements, on %s',
  announcementFlood,
);
