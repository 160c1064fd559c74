import { expect, test } from 'vitest';
import { type Column, tableText } from '../../src/cli/table.ts';

const columns: Column<{ fruit: string; grams: number }>[] = [
  { title: 'fruit', align: 'left', cell: ({ fruit }) => fruit },
  { title: 'grams', align: 'right', cell: ({ grams }) => String(grams) },
];

test('a table has columns as wide as their widest cell or title, aligned, without blanks at the end of a line', () => {
  const rows = [
    { fruit: 'fig', grams: 50 },
    { fruit: 'watermelon', grams: 1_234_567 },
  ];
  expect(tableText(columns, rows)).toBe(
    ['fruit         grams', '──────────  ───────', 'fig              50', 'watermelon  1234567'].join('\n'),
  );
  expect(tableText([...columns].reverse(), [{ fruit: 'fig', grams: 50 }])).toBe('grams  fruit\n─────  ─────\n   50  fig');
});

test('a table without rows is its titles', () => {
  expect(tableText(columns, [])).toBe('fruit  grams\n─────  ─────');
});

test('a title of several lines stands on the rule, as wide as the widest of them', () => {
  const [fruit, grams] = columns;
  const tall = [
    { ...fruit, title: 'fruit' },
    { ...grams, title: 'grams\nat most' },
  ] as typeof columns;
  expect(tableText(tall, [{ fruit: 'fig', grams: 50 }])).toBe('         grams\nfruit  at most\n─────  ───────\nfig         50');
});

const wide = (extra: boolean, shortest?: number): Column<{ fruit: string; grams: number }>[] => [
  { title: 'fruit', align: 'left', cell: ({ fruit }) => fruit, ...(shortest !== undefined && { shortest }) },
  { title: 'grams\nof all', align: 'right', cell: ({ grams }) => String(grams), extra },
];
const melon = [{ fruit: 'watermelon', grams: 1_234_567 }];

test('a table that is wider than the terminal leaves its last extra columns out and names them', () => {
  expect(tableText(wide(true), melon, 19)).toContain('1234567');
  expect(tableText(wide(true), melon, 18)).toBe(
    ['fruit', '──────────', 'watermelon', '', 'Left out, because', 'the terminal is', 'narrow: grams of', 'all'].join('\n'),
  );
});

test('a table without extra columns cuts cells that may be cut, no more than it must', () => {
  expect(tableText(wide(false, 6), melon, 16)).toBe(
    ['           grams', 'fruit     of all', '───────  ───────', 'waterm…  1234567'].join('\n'),
  );
});

test('a table that still does not fit becomes lines for each row, without its empty cells', () => {
  expect(tableText(wide(false), melon, 15)).toBe('fruit watermelon\n  grams of all\n  1234567');
  const empty: Column<{ fruit: string }>[] = [
    { title: 'fruit', align: 'left', cell: ({ fruit }) => fruit },
    { title: 'colour', align: 'left', cell: () => '' },
    { title: 'taste', align: 'left', cell: () => 'sweet' },
  ];
  expect(tableText(empty, melon, 12)).toBe('fruit watermelon\n  taste\n  sweet');
});
