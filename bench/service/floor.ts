/**
 * The floor, started by path with DATABASE_URL: the thinnest service of this stack. An ask inserts a row, a tell updates it, each in a
 * commit of its own, without any check. GET /one reads nothing but a constant from the database.
 */
import type { AddressInfo } from 'node:net';
import Fastify from 'fastify';
import pg from 'pg';

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 20 });
await pool.query(
  'CREATE TABLE IF NOT EXISTS floor (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, parameters jsonb NOT NULL, value double precision)',
);

const app = Fastify();
app.post('/ask', async () => {
  const parameters = { learningRate: Math.random(), layers: 3 };
  const { rows } = await pool.query({
    name: 'ask',
    text: 'INSERT INTO floor (parameters) VALUES ($1) RETURNING id',
    values: [JSON.stringify(parameters)],
  });
  return { id: rows[0].id, parameters };
});
app.post<{ Body: { id: string; value: number } }>('/tell', async ({ body: { id, value } }) => {
  await pool.query({ name: 'tell', text: 'UPDATE floor SET value = $2 WHERE id = $1', values: [id, value] });
  return { id };
});
app.get('/one', async () => (await pool.query({ name: 'one', text: 'SELECT 1 AS one' })).rows[0]);

await app.listen({ host: '127.0.0.1', port: 0 });
process.send?.({ url: `http://127.0.0.1:${(app.server.address() as AddressInfo).port}` }); // it listens on TCP
process.once('disconnect', () => process.exit(0));
