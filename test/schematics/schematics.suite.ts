// `nest add nestjs-aerie`, without the Nest CLI.
import './written-application.e2e-spec.js';
