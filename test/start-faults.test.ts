import { describe, expect, it } from 'vitest';
import { listenFault, StartError } from '../src/start-faults.ts';

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
