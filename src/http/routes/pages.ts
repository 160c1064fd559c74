import type { FastifyReply } from 'fastify';
import { HttpProblem } from '../http-problem.ts';
import { isProblemCode, type ProblemKind, problemKinds } from '../problems.ts';
import type { App } from '../services.ts';

const style =
  'body{font:1rem/1.5 system-ui,sans-serif;max-width:42rem;margin:3rem auto;padding:0 1rem}code{background:#eee;padding:.1em .3em;border-radius:3px}dt{margin-top:1rem}';

/** The Content-Security-Policy of the pages: they load nothing. */
const policy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** Adds the pages that the `type` of a problem links to. */
export function pageRoutes(app: App): void {
  const schema = { hide: true };
  app.get('/problems', { schema }, (_request, reply) => sendPage(reply, page('Problems', overview())));
  app.get<{ Params: { code: string } }>('/problems/:code', { schema }, (request, reply) => {
    const { code } = request.params;
    if (!isProblemCode(code)) throw new HttpProblem('route-not-found', 'there is no problem with this code; /problems lists them all');
    return sendPage(reply, page(problemKinds[code].title, explanation(code, problemKinds[code])));
  });
}

function sendPage(reply: FastifyReply, html: string): FastifyReply {
  return reply.header('content-security-policy', policy).type('text/html; charset=utf-8').send(html);
}

function overview(): string {
  const entries = Object.entries<ProblemKind>(problemKinds).map(
    ([code, { status, title }]) => `<dt><a href="/problems/${code}"><code>${code}</code></a></dt><dd>${status}: ${escaped(title)}</dd>`,
  );
  return `<p>The problems that the API answers with. A rejected request changes nothing.</p>\n<dl>\n${entries.join('\n')}\n</dl>`;
}

function explanation(code: string, { status, explanation }: ProblemKind): string {
  return `<p>Code <code>${code}</code>, HTTP status ${status}.</p>\n<p>${escaped(explanation)}</p>\n<p><a href="/problems">All problems</a> · <a href="/docs">The API</a></p>`;
}

function page(title: string, content: string): string {
  return `<!doctype html>\n<html lang="en">\n<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escaped(title)} · Clavier</title><style>${style}</style></head>\n<body>\n<h1>${escaped(title)}</h1>\n${content}\n</body>\n</html>\n`;
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replace(/`([^`]*)`/g, '<code>$1</code>');
}
