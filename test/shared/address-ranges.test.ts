import { expect, it } from 'vitest';
import { addressesWithin, isAddressRange } from '../../src/shared/address-ranges.ts';

it.each(['127.0.0.1', '10.0.0.0/8', '0.0.0.0/0', '::1', 'fd00::/8', '::ffff:10.0.0.1'])('takes %s', (range) => {
  expect(isAddressRange(range)).toBe(true);
});

it.each(['', 'localhost', '10.0.0', '10.0.0.0/33', 'fd00::/129', '10.0.0.0/', '10.0.0.0/8/8', '10.0.0.0/-1', '10.0.0.0/0x8', '*'])(
  'refuses %j',
  (range) => {
    expect(isAddressRange(range)).toBe(false);
  },
);

it('finds the addresses within ranges, IPv4 also in IPv6', () => {
  const within = addressesWithin(['10.0.0.0/8', '192.0.2.1', 'fd00::/8']);
  for (const address of ['10.255.0.1', '192.0.2.1', 'fd12::1', '::ffff:10.1.2.3'])
    expect([address, within(address)]).toEqual([address, true]);
  for (const address of ['11.0.0.1', '192.0.2.2', 'fe80::1', '::1', '::ffff:11.1.2.3', '', 'unknown'])
    expect([address, within(address)]).toEqual([address, false]);
  expect(addressesWithin([])('10.0.0.1')).toBe(false);
});
