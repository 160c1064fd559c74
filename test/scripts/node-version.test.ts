import { describe, expect, test } from 'vitest';

const script = new URL('../../scripts/setup/node-version.mjs', import.meta.url).href;
const {
  isSupportedNode,
  nodeVersionMessage,
}: {
  isSupportedNode: (version: string) => boolean;
  nodeVersionMessage: (version: string) => string;
} = await import(script);

describe('the Node.js version check', () => {
  test.each(['v20.19.0', 'v20.20.2', 'v22.12.0', 'v22.23.3', 'v24.0.0', 'v26.1.0'])('accepts %s', (version) => {
    expect(isSupportedNode(version)).toBe(true);
  });

  test.each(['v14.21.3', 'v18.20.8', 'v20.9.0', 'v20.18.3', 'v21.7.3', 'v22.11.0', 'v23.11.1'])('refuses %s', (version) => {
    expect(isSupportedNode(version)).toBe(false);
  });

  test('names the version that is there and those that would do', () => {
    expect(nodeVersionMessage('v18.20.8')).toMatch(/20\.19\+, 22\.12\+ or 24\+.*v18\.20\.8/);
  });
});
