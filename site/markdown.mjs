// The guides are written for GitHub: here their links and headings get the site's addresses.
import { destination, fileOf } from './repository.mjs';

/** The anchor of a heading, as GitHub makes it. */
export const slugify = (heading) =>
  heading
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(' ', '-');

/** A plugin of markdown-it. */
export function repositoryLinks(md) {
  md.core.ruler.push('repository_links', ({ tokens, env }) => {
    const path = env.realPath ?? env.path;
    if (!path) return; // a title by itself
    const from = fileOf(path);
    for (const { children } of tokens) {
      if (!children) continue;
      if (from.startsWith('site/api/')) linkNamedGuides(children);
      else follow(children, from);
    }
  });
}

/** Doc comments name guides as `docs/options.md`: an editor has no site to link to. */
function linkNamedGuides(tokens) {
  let inLink = false;
  for (let at = 0; at < tokens.length; at += 1) {
    const { type, content } = tokens[at];
    if (type.startsWith('link_')) inLink = type === 'link_open';
    const named = type === 'text' && !inLink && /^(.*?)\bdocs\/([\w-]+\.md)(.*)$/s.exec(content);
    if (!named) continue;
    const [, before, page, after] = named;
    const Token = tokens[at].constructor;
    const text = (words) => Object.assign(new Token('text', '', 0), { content: words });
    const open = new Token('link_open', 'a', 1);
    open.attrSet('href', `/${page}`);
    const link = [open, text(`docs/${page}`), new Token('link_close', 'a', -1)];
    tokens.splice(at, 1, text(before), ...link, text(after));
    at += 3;
  }
}

/** Changes the links of a line in place. A link that leads to no file is left for the check of dead links. */
function follow(tokens, from) {
  for (let at = 0; at < tokens.length; at += 1) {
    const href = tokens[at].type === 'link_open' ? tokens[at].attrGet('href') : null;
    if (href === null || href.startsWith('#') || /^[a-z][a-z+.-]*:/i.test(href)) continue;
    const target = destination(from, href);
    if (target === null) {
      // A source, while package.json names no repository: the text stays, the link goes.
      const end = tokens.findIndex(({ type }, index) => index > at && type === 'link_close');
      tokens.splice(end, 1);
      tokens.splice(at, 1);
      at -= 1;
    } else if (target !== undefined) tokens[at].attrSet('href', target);
  }
}
