// The API reference as Markdown: a page for each export of each entry of the package, in `site/api`.
import { ENTRIES } from './entries.mjs';

export default {
  entryPoints: ENTRIES.map(({ source }) => source),
  tsconfig: '../libs/auth/tsconfig.build.json',
  // `npm run typecheck` does that.
  skipErrorChecking: true,
  plugin: ['typedoc-plugin-markdown', './entry-names.mjs'],
  out: 'api',
  name: 'API reference',
  readme: 'none',
  disableSources: true,
  excludeInternal: true,
  excludePrivate: true,
  excludeProtected: true,
  excludeExternals: true,
  validation: { notExported: false, invalidLink: true, rewrittenLink: true, notDocumented: false },
  logLevel: 'Warn',
  githubPages: false,
  entryFileName: 'index',
  hidePageHeader: true,
  indexFormat: 'table',
  useCodeBlocks: false,
};
