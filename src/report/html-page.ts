import { escaped } from './html.ts';
import { style } from './style.ts';

/** The Content-Security-Policy of a page, which loads nothing: its style and plots are inline, and it has no script. */
export const pagePolicy =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** The parts of a page. */
export interface PageParts {
  /** For the browser's tab; text. */
  readonly title: string;
  /** Text. */
  readonly heading: string;
  /** Text. */
  readonly subtitle: string;
  /** HTML before the sections. */
  readonly summary: string;
  /** Headings as text and contents as HTML; those without content are left out. */
  readonly sections: readonly (readonly [heading: string, content: string])[];
}

/** Formats one self-contained HTML page. */
export function htmlPage({ title, heading, subtitle, summary, sections }: PageParts): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}</title>
<link rel="icon" href="data:,">
<style>${style}</style>
</head>
<body>
<header>
<h1>${escaped(heading)}</h1>
<p class="soft">${escaped(subtitle)}</p>
</header>
<main>
${summary}
${sections
  .filter(([, content]) => content !== '')
  .map(([name, content]) => `<section><h2>${escaped(name)}</h2>\n${content}</section>`)
  .join('\n')}
</main>
</body>
</html>
`;
}
