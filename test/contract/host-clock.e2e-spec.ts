import { familiesOnHostWithWrongClock } from './host-clock.js';

familiesOnHostWithWrongClock('sqlite');
