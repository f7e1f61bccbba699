import { describe } from '@jest/globals';
import { announcementIds } from './announcement-ids.js';

describe('ids of announcements, on SQLite', () => announcementIds('sqlite'));
