// `nestjs-aerie/memory`: stores in memory for development, without what `nestjs-aerie/testing` switches on
export { memoryStores } from './memory-door.js';
