import { createServer, type IncomingMessage } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, connect, type Server, type Socket } from 'node:net';

/** For reviews.test alone, valid for a century. */
const key = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg6C874aS0vzVupP7e
Gbvqbb2CfliAzRaCsO51+rmCjAmhRANCAARJrveWQWX8VC3+JoviiuSxPuGsPd2J
Rx4/WiiWQDGinbK6k4GENyjyzJOOsQp7r7WFmWBkNAQn9Vhm0oEmdPDo
-----END PRIVATE KEY-----
`;
const cert = `-----BEGIN CERTIFICATE-----
MIIBnjCCAUSgAwIBAgIUMg5V/Oy10CT3WuxOasKJ9R2MlEEwCgYIKoZIzj0EAwIw
FzEVMBMGA1UEAwwMcmV2aWV3cy50ZXN0MCAXDTI2MTEyODIwNTMwN1oYDzIxMjYx
MTA0MjA1MzA3WjAXMRUwEwYDVQQDDAxyZXZpZXdzLnRlc3QwWTATBgcqhkjOPQIB
BggqhkjOPQMBBwNCAARJrveWQWX8VC3+JoviiuSxPuGsPd2JRx4/WiiWQDGinbK6
k4GENyjyzJOOsQp7r7WFmWBkNAQn9Vhm0oEmdPDoo2wwajAdBgNVHQ4EFgQUcdgz
TLBKRhRsOLXdCfFtj8Lr0D8wHwYDVR0jBBgwFoAUcdgzTLBKRhRsOLXdCfFtj8Lr
0D8wDwYDVR0TAQH/BAUwAwEB/zAXBgNVHREEEDAOggxyZXZpZXdzLnRlc3QwCgYI
KoZIzj0EAwIDSAAwRQIgGGRU47Alj+yUex6yvF7skpRj9qc26T24xJmUfbPomO8C
IQCAmyRWH613+CrQMWjLDaliYGiaF+13zqSv8YYZ4mYUUw==
-----END CERTIFICATE-----
`;

/** A site that answers with the path that it is asked for, over HTTP and TLS. */
export async function site(): Promise<{ plain: number; tls: number } & AsyncDisposable> {
  const answer = ({ url }: IncomingMessage, response: { end(text: string): void }): void => response.end(`site ${url}`);
  const servers = [createServer(answer), createTlsServer({ key, cert }, answer)];
  const [plain = 0, tls = 0] = await Promise.all(servers.map(listening));
  return { plain, tls, [Symbol.asyncDispose]: async () => void (await Promise.all(servers.map(closed))) };
}

/** A proxy that reaches the site under every name. */
export interface TestProxy extends AsyncDisposable {
  readonly port: number;
  /** Method, target and credentials of each request. */
  readonly asked: string[];
}

/** @param status what it answers instead of doing its work; 407 unless the credentials are right */
export async function proxy({ plain, tls }: { plain: number; tls: number }, status: number | null = null): Promise<TestProxy> {
  const asked: string[] = [];
  const sockets = new Set<Socket>();
  const note = ({ method, url, headers }: IncomingMessage): boolean => {
    const credentials = Buffer.from(headers['proxy-authorization']?.replace(/^Basic /, '') ?? '', 'base64').toString();
    asked.push(`${method} ${url} ${credentials}`.trim());
    return status === null || (status === 407 && credentials === 'me:p@ss');
  };
  const server = createServer((request, response) => {
    if (!note(request)) return void response.writeHead(status ?? 200).end();
    const { pathname } = new URL(request.url ?? '');
    void fetch(`http://127.0.0.1:${plain}${pathname}`).then(async (answer) => response.end(new Uint8Array(await answer.arrayBuffer())));
  });
  server.on('connect', (request, client: Socket) => {
    sockets.add(client.on('error', () => undefined));
    if (!note(request)) return void client.end(`HTTP/1.1 ${status} No\r\n\r\n`);
    const target = connect(tls, '127.0.0.1', () => client.write('HTTP/1.1 200 OK\r\n\r\n'));
    sockets.add(target.on('error', () => undefined));
    client.pipe(target).pipe(client);
  });
  const port = await listening(server);
  const dispose = async (): Promise<void> => {
    for (const socket of sockets) socket.destroy();
    server.closeAllConnections();
    await closed(server);
  };
  return { port, asked, [Symbol.asyncDispose]: dispose };
}

function listening(server: Server): Promise<number> {
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port)));
}

function closed(server: Server & { closeAllConnections?: () => void }): Promise<void> {
  server.closeAllConnections?.();
  return new Promise((resolve) => server.close(() => resolve()));
}
