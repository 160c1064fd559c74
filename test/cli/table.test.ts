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
