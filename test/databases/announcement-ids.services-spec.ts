import { describe } from '@jest/globals';
import { announcementIds } from './announcement-ids.js';

describe.each(['postgres', 'mariadb'] as const)('ids of announcements, on %s', announcementIds);
