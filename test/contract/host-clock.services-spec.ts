import { familiesOnHostWithWrongClock } from './host-clock.js';

familiesOnHostWithWrongClock('postgres');
familiesOnHostWithWrongClock('mariadb');
