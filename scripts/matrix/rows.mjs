// The combinations of versions that are tested: each version in one row at least, the oldest with the oldest, the newest
// with the newest. README.md names them, and `test/versions.spec.ts` holds the README and the manifest against this list.

const nest = (version, others) => ({
  ...Object.fromEntries(
    ['common', 'core', 'microservices', 'platform-express', 'testing', 'websockets'].map((name) => [
      `@nestjs/${name}`,
      version,
    ]),
  ),
  ...others,
});

/** What applications of Nest 11 have beside it. */
const beside11 = {
  '@fastify/static': '^8.0.0',
  // Those that take @apollo/server 5.
  '@nestjs/apollo': '^13.2.0',
  '@nestjs/graphql': '^13.0.0',
  '@nestjs/mercurius': '^13.0.0',
  // Its microservices load this one, and not @nats-io/transport-node.
  nats: '^2.29.0',
};

/** `packages`: what is installed in place of the versions of the lock file. */
export const ROWS = [
  {
    name: 'oldest',
    node: '20.19.0',
    typescript: '5.8.2',
    packages: nest('11.0.1', {
      // The first that take Nest 11, or that there are.
      ...beside11,
      // 11.0.0 depends on a package that takes Nest 10 at most.
      '@nestjs/swagger': '11.0.1',
      // Swagger UI on Fastify; the first that takes Fastify 5.
      '@fastify/static': '^8.0.0',
      '@nestjs/passport': '11.0.2',
      '@nestjs/platform-fastify': '11.0.3',
      '@nestjs/platform-socket.io': '11.0.1',
      '@nestjs/platform-ws': '11.0.10',
      '@nestjs/terminus': '11.0.0',
      '@nestjs/typeorm': '11.0.0',
      typeorm: '0.3.28',
    }),
  },
  {
    name: 'nest-11',
    node: '22.13.0',
    typescript: '5.9',
    packages: nest('^11.2.0', {
      ...beside11,
      '@nestjs/swagger': '^11.4.0',
      '@nestjs/passport': '^11.0.5',
      '@nestjs/platform-fastify': '^11.2.0',
      '@nestjs/platform-socket.io': '^11.2.0',
      '@nestjs/platform-ws': '^11.2.0',
      '@nestjs/terminus': '^11.1.0',
      '@nestjs/typeorm': '^11.0.3',
      typeorm: '1.0.0',
    }),
  },
  {
    name: 'nest-12',
    node: '24',
    typescript: '6.0.2',
    packages: nest('12.0.1', {
      '@nestjs/apollo': '^14.0.0',
      '@nestjs/graphql': '^14.0.0',
      '@nestjs/mercurius': '^14.0.0',
      '@nestjs/swagger': '12.0.0',
      '@nestjs/passport': '12.0.0',
      // 12.0.1 leaves some refused requests unanswered (docs/decisions/versions.md).
      '@nestjs/platform-fastify': '12.0.2',
      '@nestjs/platform-socket.io': '12.0.1',
      '@nestjs/platform-ws': '12.0.1',
      '@nestjs/terminus': '12.0.0',
      '@nestjs/typeorm': '12.0.0',
      typeorm: '^0.3.28',
    }),
  },
  { name: 'oldest-node', node: '20.19.0', typescript: '~6.0.3', packages: {} },
  { name: 'newest', node: '26', typescript: '~6.0.3', packages: {} },
];

/** The version of a package in a row: the row's own, or what the lock file has. */
export const versionIn = (row, name, lock) =>
  row.packages[name] ?? lock.packages[`node_modules/${name}`].version;
