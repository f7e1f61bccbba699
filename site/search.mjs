// What the search knows of a page: guides whole; of the API reference the names and what each is for.

/** The page's HTML for the index, or nothing. */
export function searchText(markdown, env, md) {
  const isApi = /[\\/]site[\\/]api[\\/]/.test(env.path);
  const html = md.render(isApi ? withoutDetails(markdown) : markdown, env);
  return env.frontmatter?.search === false ? '' : html;
}

/** Parameters, return values and examples stand under headings of the fourth level and below. */
function withoutDetails(markdown) {
  let kept = true;
  // A line that begins with `>` is a signature.
  return markdown
    .split('\n')
    .filter((line) => {
      const level = /^(#+) /.exec(line)?.[1].length;
      if (level !== undefined)
        kept = level < 4 && !/^## (Example|Extends|Type Parameters|Constructors)/.test(line);
      return kept && !line.startsWith('>');
    })
    .join('\n');
}
