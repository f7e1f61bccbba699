import { type Command, Option } from 'commander';
import { examples, loadEnvironment, wholeNumber } from './option-values.js';
import type { DoctorOptions } from './doctor/doctor.js';
import type { FamilyOptions } from './family/family.js';
import type { MigrationOptions } from './migrations/migrations.js';
import type { Terminal } from './terminal.js';

/** Commands that look into an application, or into its database. Each loads its own files when it runs. */
export function addApplicationCommands(
  program: Command,
  terminal: Terminal,
  end: (code: number) => void,
): void {
  program
    .command('doctor')
    .summary('examine an application')
    .description(
      'Examines an application without starting it: weak settings, missing tables, stores that cannot be reached, keys that cannot be decrypted, handlers without a guard. Providers are made, so the database is connected; hooks such as onModuleInit do not run, and nothing listens.',
    )
    .argument(
      '<module>',
      'the built file of the root module and its name, such as dist/app.module.js#AppModule',
    )
    .option('--env <path>', 'a file of environment variables, for those that are not set')
    .option('--production', 'judge as in production (the default where NODE_ENV is production)')
    .option('--strict', 'exit with 1 for warnings too')
    .option('--timeout <seconds>', 'how long the application may take to be put together', wholeNumber, 20)
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      examples(
        'npx nestjs-aerie doctor dist/app.module.js#AppModule',
        'npx nestjs-aerie doctor dist/app.module.js --env .env --production --strict --json',
      ),
    )
    .action(async (module: string, options: DoctorOptions & { env?: string }) => {
      loadEnvironment(options.env);
      const { doctor } = await import('./doctor/doctor.js');
      end(await doctor(module, options, terminal));
    });

  program
    .command('family')
    .summary('tell the story of a sign-in: why was I signed out?')
    .description(
      'Tells what the row and the kept security events say of a sign-in, a family of refresh tokens or a session: opened, refreshed, replayed, reused, ended, and why. Nothing is changed.',
    )
    .argument(
      '<id>',
      'its id: the sid of an access token, or what inspect tells of a refresh or session token',
    )
    .option('--app <module>', 'the application whose stores have it, such as dist/app.module.js#AppModule')
    .option(
      '--url-env <name>',
      'or the environment variable with the address of the database (default DATABASE_URL)',
    )
    .option('--url <url>', 'or the address itself (postgres:, mysql:, mariadb:, sqlite:)')
    .option('--prefix <text>', 'with an address: the prefix of the tables')
    .option('--schema <name>', 'with an address: the schema of the tables (PostgreSQL)')
    .option('--env <path>', 'a file of environment variables, for those that are not set')
    .option('--timeout <seconds>', 'how long the application may take to be put together', wholeNumber, 20)
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      examples(
        'npx nestjs-aerie family 0b54f5b8-0d1c-4a39-9c0b-3f1c9a1d2e3f --app dist/app.module.js#AppModule',
        'npx nestjs-aerie family 0b54f5b8-0d1c-4a39-9c0b-3f1c9a1d2e3f --env .env',
      ),
    )
    .action(async (id: string, options: FamilyOptions & { env?: string }) => {
      loadEnvironment(options.env);
      const { family } = await import('./family/family.js');
      end(await family(id, options, terminal));
    });

  const migrations = program
    .command('migrations')
    .summary('print or run the migrations, without TypeORM')
    .description('Prints or runs the migrations of the tables, for applications without TypeORM.');
  const onTables = (command: Command) =>
    command
      .option(
        '--features <module>',
        'the built file with the list of features, such as dist/auth.features.js#features',
      )
      .option('--prefix <text>', 'the prefix of the tables, as sqlStores() has it')
      .option('--schema <name>', 'the schema of the tables, as sqlStores() has it (PostgreSQL)')
      .option('--url-env <name>', 'the environment variable with the address of the database')
      .option('--url <url>', 'the address itself (postgres:, mysql:, mariadb:, sqlite:)')
      .option('--env <path>', 'a file of environment variables, for those that are not set')
      .option('--json', 'print JSON');
  onTables(migrations.command('print'))
    .summary('print the migrations as SQL')
    .description('Prints the migrations as SQL, for a migration tool of your own. No database is asked.')
    .addOption(
      new Option('--dialect <name>', 'the kind of database').choices(['postgres', 'mysql', 'sqlite']),
    )
    .addHelpText('after', examples('npx nestjs-aerie migrations print --dialect postgres > auth.sql'))
    .action(async (options: MigrationOptions & { env?: string }) => {
      loadEnvironment(options.env);
      const { printMigrations } = await import('./migrations/migrations.js');
      await printMigrations(options, terminal);
    });
  onTables(migrations.command('run'))
    .summary('run the migrations that have not run yet')
    .description(
      'Runs the migrations that have not run on this database yet, and keeps their names in the table auth_migration. Several may start at once: one runs them, the others wait.',
    )
    .addHelpText(
      'after',
      examples(
        'npx nestjs-aerie migrations run --env .env',
        'npx nestjs-aerie migrations run --url-env AUTH_DATABASE_URL --features dist/auth.features.js',
      ),
    )
    .action(async (options: MigrationOptions & { env?: string }) => {
      loadEnvironment(options.env);
      const { runMigrations } = await import('./migrations/migrations.js');
      await runMigrations(options, terminal);
    });
}
