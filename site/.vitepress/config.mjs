// The site: the guides of docs/, the API reference and the decision guide, as static files that work offline.
import { defineConfig } from 'vitepress';
import { repositoryLinks, slugify } from '../markdown.mjs';
import { excluded, pageOf, repositoryUrl } from '../repository.mjs';
import { searchText } from '../search.mjs';
import { SIDEBAR } from '../sidebar.mjs';

const repository = repositoryUrl();

/** An egg in a nest. */
const ICON = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">
  <ellipse cx="16" cy="14" rx="8" ry="11" fill="#3451b2"/>
  <path d="M3 17q13 10 26 0-2 12-13 12T3 17z" fill="#8b5a2b"/>
</svg>`;

export default defineConfig({
  title: 'nestjs-aerie',
  description: 'Authentication for NestJS: sessions, JWTs, and refresh-token families that detect theft.',
  lang: 'en',
  // `SITE_BASE=/aerie/ npm run build` for a site that is not at the top of its host.
  base: process.env.SITE_BASE ?? '/',
  head: [['link', { rel: 'icon', href: `data:image/svg+xml,${encodeURIComponent(ICON)}` }]],
  srcDir: '..',
  srcExclude: excluded(),
  rewrites: (file) => pageOf(file) ?? file,
  outDir: 'dist',
  cacheDir: '.vitepress/cache',
  markdown: {
    theme: { light: 'github-light-high-contrast', dark: 'github-dark-high-contrast' },
    // What GitHub shows as it stands: braces are text.
    languageAlias: { mjs: 'js' },
    attrs: { disable: true },
    anchor: { slugify },
    config: (md) => md.use(repositoryLinks),
  },
  themeConfig: {
    nav: [
      { text: 'Start', link: '/start' },
      { text: 'Decision guide', link: '/decision-guide' },
      { text: 'Options', link: '/options' },
      { text: 'API', link: '/api/' },
    ],
    sidebar: SIDEBAR,
    outline: [2, 3],
    search: {
      provider: 'local',
      options: {
        _render: searchText,
        // Guides first.
        miniSearch: { searchOptions: { boostDocument: (id) => (id.includes('/api/') ? 0.3 : 1) } },
      },
    },
    ...(repository ? { socialLinks: [{ icon: 'github', link: repository }] } : {}),
  },
  vite: {
    // The index of the search is one file, loaded when a reader searches.
    build: { chunkSizeWarningLimit: 1_500 },
    server: { fs: { allow: ['..'] } },
    plugins: [
      {
        // The guides lie outside of this folder, where no node_modules has Vue.
        name: 'vue-of-the-site',
        enforce: 'pre',
        resolveId: (id, _, { ssr }) =>
          ssr && ['vue', 'vue/server-renderer'].includes(id) ? { id, external: true } : null,
      },
    ],
  },
});
