import { demoMails } from './demo-mails.js';

demoMails('postgres');
demoMails('mariadb');
