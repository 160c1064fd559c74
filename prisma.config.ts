import { defineConfig } from 'prisma/config';

// Generating the client needs no schema engine, but Prisma looks for one; any existing file satisfies it.
process.env.PRISMA_SCHEMA_ENGINE_BINARY ??= process.execPath;

export default defineConfig({ schema: 'prisma/schema.prisma', migrations: { path: 'prisma/migrations' } });
