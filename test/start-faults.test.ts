import { describe, expect, it } from 'vitest';
import { inDataFolder, listenFault, refuseWithoutKey, StartError } from '../src/start-faults.ts';

describe('listenFault', () => {
  it.each([
    ['EAFNOSUPPORT', '::', 'CLAVIER_HOST is ::, which is not an address of this machine'],
    ['EADDRNOTAVAIL', '192.0.2.1', 'CLAVIER_HOST is 192.0.2.1, which is not an address of this machine'],
    ['EACCES', '127.0.0.1', 'CLAVIER_PORT is 80, which this user may not listen on: set one above 1023'],
  ])('says in one line what %s means', (code, host, words) => {
    const fault = listenFault(Object.assign(new Error(`listen ${code}`), { code }), { host, port: 80 });
    expect(fault).toBeInstanceOf(StartError);
    expect(fault).toMatchObject({ message: words });
  });

  it('leaves any other error as it is', () => {
    const bug = new TypeError('a bug');
    expect(listenFault(bug, { host: '::', port: 80 })).toBe(bug);
  });
});

describe('refuseWithoutKey', () => {
  const keys = (administrator: boolean) => ({ hasAdministrator: async () => administrator });
  const direct = { trustedProxies: null, publicUrl: null };

  it.each(['0.0.0.0', '::', '192.0.2.1', 'tuning.example', '127.0.0.1.example'])(
    'does not let a service start on %s without a key',
    async (host) => {
      await expect(refuseWithoutKey({ ...direct, host, key: null }, keys(false))).rejects.toThrow(StartError);
      await expect(refuseWithoutKey({ ...direct, host, key: 'secret' }, keys(false))).resolves.toBeUndefined();
      await expect(refuseWithoutKey({ ...direct, host, key: null }, keys(true))).resolves.toBeUndefined();
    },
  );

  it.each([
    [{ ...direct, trustedProxies: ['127.0.0.1'] }, 'CLAVIER_TRUSTED_PROXIES is set'],
    [{ ...direct, publicUrl: 'https://tuning.example' }, 'CLAVIER_PUBLIC_URL is set'],
  ])('does not let a service start behind a proxy without a key: %j', async (settings, text) => {
    const behind = { ...settings, host: '127.0.0.1', key: null };
    await expect(refuseWithoutKey(behind, keys(false))).rejects.toThrow(text);
    await expect(refuseWithoutKey(behind, keys(true))).resolves.toBeUndefined();
  });

  it.each(['127.0.0.1', '127.1.2.3', '::1', 'localhost', 'a.localhost'])('needs none on %s', async (host) => {
    await expect(refuseWithoutKey({ ...direct, host, key: null }, keys(false))).resolves.toBeUndefined();
  });
});

describe('inDataFolder', () => {
  const failing = (code: string, path: string): Promise<never> =>
    Promise.reject(Object.assign(new Error(`${code}: refused, link '${path}'`), { code, path, syscall: 'link' }));

  it.each(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EROFS', 'ESTALE'])(
    'says in one line that the folder cannot be used: %s',
    async (code) => {
      const fault = inDataFolder({ dataFolder: '/data/here' }, () => failing(code, '/data/here/locks/1.new'));
      await expect(fault).rejects.toThrow(
        new StartError(`CLAVIER_DATA_DIR is /data/here, which cannot be used: ${code}: refused, link '/data/here/locks/1.new'`),
      );
    },
  );

  it('leaves a refusal elsewhere as it is', async () => {
    const fault = inDataFolder({ dataFolder: '/data/here' }, () => failing('ENOTSUP', '/elsewhere'));
    await expect(fault).rejects.not.toBeInstanceOf(StartError);
  });
});
