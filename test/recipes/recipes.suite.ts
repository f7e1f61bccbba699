// The recipes of docs/recipes.md.
import './recipes.e2e-spec.js';
