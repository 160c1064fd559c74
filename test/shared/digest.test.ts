import { describe, expect, test } from 'vitest';
import { canonicalText, digestOf } from '../../src/shared/digest.ts';

// RFC 8785, appendix B: IEEE 754 bits and the text they have.
const numberVectors = [
  ['0000000000000000', '0'],
  ['8000000000000000', '0'],
  ['0000000000000001', '5e-324'],
  ['8000000000000001', '-5e-324'],
  ['7fefffffffffffff', '1.7976931348623157e+308'],
  ['ffefffffffffffff', '-1.7976931348623157e+308'],
  ['4340000000000000', '9007199254740992'],
  ['c340000000000000', '-9007199254740992'],
  ['4430000000000000', '295147905179352830000'],
  ['44b52d02c7e14af5', '9.999999999999997e+22'],
  ['44b52d02c7e14af6', '1e+23'],
  ['44b52d02c7e14af7', '1.0000000000000001e+23'],
  ['444b1ae4d6e2ef4e', '999999999999999700000'],
  ['444b1ae4d6e2ef4f', '999999999999999900000'],
  ['444b1ae4d6e2ef50', '1e+21'],
  ['3eb0c6f7a0b5ed8c', '9.999999999999997e-7'],
  ['3eb0c6f7a0b5ed8d', '0.000001'],
  ['41b3de4355555553', '333333333.3333332'],
  ['41b3de4355555554', '333333333.33333325'],
  ['41b3de4355555555', '333333333.3333333'],
  ['41b3de4355555556', '333333333.3333334'],
  ['41b3de4355555557', '333333333.33333343'],
  ['becbf647612f3696', '-0.0000033333333333333333'],
  ['43143ff3c1cb0959', '1424953923781206.2'],
] as const;

function doubleFromBits(hexadecimal: string): number {
  return Buffer.from(hexadecimal, 'hex').readDoubleBE();
}

describe('canonical text (RFC 8785)', () => {
  test.each(numberVectors)('prints the double %s as %s (appendix B)', (bits, text) => {
    expect(canonicalText(doubleFromBits(bits))).toBe(text);
  });

  test('prints the example of section 3.2.2 as section 3.2.3 shows it', () => {
    const value = JSON.parse(String.raw`{
      "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
      "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
      "literals": [null, true, false]
    }`);
    expect(canonicalText(value)).toBe(
      String.raw`{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}`,
    );
  });

  test('sorts keys by UTF-16 code unit (section 3.2.3)', () => {
    const value = JSON.parse(String.raw`{
      "\u20ac": "Euro Sign", "\r": "Carriage Return", "\ufb33": "Hebrew Letter Dalet With Dagesh", "1": "One",
      "\ud83d\ude00": "Emoji: Grinning Face", "\u0080": "Control", "\u00f6": "Latin Small Letter O With Diaeresis"
    }`);
    expect(Object.values(JSON.parse(canonicalText(value)))).toHaveLength(7);
    expect([...canonicalText(value).matchAll(/:"([^"]*)"/g)].map((match) => match[1])).toEqual([
      'Carriage Return',
      'One',
      'Control',
      'Latin Small Letter O With Diaeresis',
      'Euro Sign',
      'Emoji: Grinning Face',
      'Hebrew Letter Dalet With Dagesh',
    ]);
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])('does not exist for %d, however deep', (value) => {
    expect(() => canonicalText(value)).toThrow('is not allowed');
    expect(() => canonicalText({ a: [{ b: value }] })).toThrow('is not allowed');
  });

  test('does not exist for undefined', () => {
    expect(() => canonicalText(undefined)).toThrow(RangeError);
  });

  test('and so the digest does not depend on the order of keys or on how a number was written', () => {
    expect(digestOf(JSON.parse('{"b":1.0,"a":[1e2]}'))).toBe(digestOf(JSON.parse('{"a":[100],"b":1}')));
    // printf '{"a":[100],"b":1}' | sha256sum
    expect(digestOf({ a: [100], b: 1 })).toBe('c85492efb43275ab59c71ba5c58a96f8ba10e7be5d32da00b50c13f1a1beeeb8');
  });
});
