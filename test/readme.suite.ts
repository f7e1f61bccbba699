// The README, followed to the letter.
import './readme.e2e-spec.js';
import './readme-tour.e2e-spec.js';
