// By itself: it asks which entities @nestjs/typeorm knows, and that is kept for a whole process.
import './stores-option.e2e-spec.js';
