import type { FastifyDynamicSwaggerOptions } from '@fastify/swagger';
import { jsonSchemaTransform } from 'fastify-type-provider-zod';
import { isProbe, neededScope } from './access-checks.ts';

type Transform = NonNullable<FastifyDynamicSwaggerOptions['transform']>;

/** The security schemes of the document. */
export const securitySchemes = {
  bearerAuth: {
    type: 'http' as const,
    scheme: 'bearer',
    description:
      'A key of `POST /v1/keys` or `clavier key create`, or the setting CLAVIER_KEY of the service. A service that listens on a loopback address answers without one until the first key is made. A key has rights: `read`, `write` (which includes `read`), `work` and `admin` (which includes all).',
  },
};

/** The requirement of an operation that any key may call: that, or none where the service is open. */
export const anyKey: Record<string, string[]>[] = [{}, { bearerAuth: [] }];

/** Makes the document's schemas from those of a route, and adds the right that the route needs, in `security` and in words. */
export const operationTransform: Transform = (source) => {
  const { schema, url } = jsonSchemaTransform(source);
  const { method, config = {}, schema: routeSchema } = source.route;
  if (isProbe(url)) return { schema: { ...schema, security: [] }, url };
  const needed = neededScope({ url, method, config, schema: routeSchema });
  if (needed === null) return { schema, url };
  const words = `Needs a key with the right \`${needed}\`, unless the service is open.`;
  const { description } = schema as { readonly description?: string }; // of the document
  return {
    schema: {
      ...schema,
      description: description === undefined ? words : `${description} ${words}`,
      security: [{}, { bearerAuth: [needed] }],
    },
    url,
  };
};
