import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import { documentTransform, introduction } from './document.ts';
import { operationTransform } from './document-security.ts';
import type { App } from './services.ts';

/** The Content-Security-Policy of the page at /docs. */
const documentsPolicy = [
  "default-src 'self'",
  "base-uri 'self'",
  "font-src 'self' data:",
  "frame-ancestors 'none'",
  "img-src 'self' data:",
  "object-src 'none'",
  "style-src 'self' 'unsafe-inline'",
].join('; ');

/** Adds the OpenAPI document, which is made of the routes that follow, and the page at /docs that shows it. */
export async function addDocuments(app: App, publicUrl: string | null): Promise<void> {
  await app.register(swagger, { openapi: introduction(publicUrl), transform: operationTransform, transformObject: documentTransform });
  await app.register(swaggerUi, {
    routePrefix: '/docs',
    staticCSP: true,
    // The plugin's own policy upgrades to https, which breaks the page on a plain http address, and allows other servers.
    transformStaticCSP: () => documentsPolicy,
    // The page loads nothing from other servers: no validator badge, no fonts.
    uiConfig: { docExpansion: 'list', validatorUrl: null, tryItOutEnabled: false },
    theme: { title: 'Clavier API' },
  });
}
