import { describe, expect, it } from 'vitest';
import { addressFault, networkOf } from '../../src/webhooks/networks.ts';
import { targetFault } from '../../src/webhooks/target.ts';
import { networks } from './networks.ts';

describe('addresses', () => {
  it.each([
    ...[
      '127.0.0.1',
      '127.8.8.8',
      '10.0.0.1',
      '172.16.0.1',
      '172.31.255.255',
      '192.168.1.1',
      '169.254.1.1',
      '100.64.0.1',
      '0.0.0.0',
      '0.1.2.3',
    ],
    ...['255.255.255.255', '224.0.0.1', '240.0.0.1', '192.0.0.8', '198.18.0.1', '198.51.100.7', '203.0.113.9'],
    ...['::', '::1', 'fe80::1', 'fe80::1%eth0', 'fec0::1', 'fc00::1', 'fd12:3456::1', 'ff02::1', '2001:db8::1', '::127.0.0.1'],
    ...[
      '::ffff:127.0.0.1',
      '::ffff:10.0.0.1',
      '::ffff:a9fe:a9fe',
      '64:ff9b::10.0.0.1',
      '64:ff9b::7f00:1',
      '64:ff9b:1::1',
      '2002:7f00:1::',
      '2001::1',
    ],
    ...['169.254.169.254', '168.63.129.16', 'fd00:ec2::254', '100.100.100.200', 'not an address', '127.1'],
  ])('%s is refused', (address) => {
    expect(addressFault(address, [])).not.toBeNull();
  });

  it.each(['1.1.1.1', '93.184.216.34', '172.32.0.1', '100.128.0.1', '2606:4700::1111', '::ffff:1.1.1.1', '64:ff9b::101:101'])(
    '%s is public',
    (address) => {
      expect(addressFault(address, [])).toBeNull();
    },
  );

  it('of allowed networks are accepted, and no others', () => {
    const allowed = networks('10.1.0.0/16', 'fd00::/8', '127.0.0.1');
    for (const address of ['10.1.2.3', '::ffff:10.1.2.3', 'fd12::1', '127.0.0.1']) expect(addressFault(address, allowed)).toBeNull();
    for (const address of ['10.2.0.1', '127.0.0.2', '::1', 'fe80::1']) expect(addressFault(address, allowed)).not.toBeNull();
  });

  it('of metadata services are accepted only where they are named alone', () => {
    for (const metadata of ['169.254.169.254', 'fd00:ec2::254', '168.63.129.16']) {
      expect(addressFault(metadata, networks('0.0.0.0/0', '::/0', '169.254.0.0/16', 'fd00:ec2::/64'))).toContain('metadata');
      expect(addressFault(metadata, networks(metadata))).toBeNull();
    }
  });

  it.each(['10.0.0.0/33', '10.0.0', 'example.org', '', '10.0.0.0/', '127.1', '*'])('%o is no network', (text) => {
    expect(networkOf(text)).toBeNull();
  });
});

describe('targets', () => {
  it.each(['https://receiver.example/hook?token=1', 'http://receiver.example:8080', 'https://1.1.1.1/', 'https://[2606:4700::1111]/x'])(
    '%s is one',
    (url) => {
      expect(targetFault(url, [])).toBeNull();
    },
  );

  it.each([
    ...['ftp://receiver.example/', 'file:///etc/passwd', 'receiver.example', '', 'https://user:secret@receiver.example/'],
    ...['https://receiver.example/#part', `https://receiver.example/${'x'.repeat(2000)}`, 'http://localhost/', 'http://LOCALHOST./'],
    ...[
      'http://a.localhost:80/',
      'http://127.0.0.1/',
      'http://[::1]/',
      'http://0x7f000001/',
      'http://2130706433/',
      'http://0177.1/',
      'http://127.1/',
    ],
    ...['http://[::ffff:127.0.0.1]/', 'http://169.254.169.254/latest/meta-data', 'http://10.0.0.1/', 'http://0/'],
  ])('%s is none', (url) => {
    expect(targetFault(url, [])).not.toBeNull();
  });

  it('on this machine are allowed by its networks', () => {
    expect(targetFault('http://127.0.0.1:3000/', networks('127.0.0.0/8'))).toBeNull();
    expect(targetFault('http://localhost:3000/', networks('127.0.0.0/8'))).toBeNull();
    expect(targetFault('http://localhost:3000/', networks('10.0.0.0/8'))).toContain('CLAVIER_WEBHOOK_PRIVATE_TARGETS');
  });
});
