import { describe, expect, test } from 'vitest';
import { representDryRun } from '../../../../src/api/campaign-request.ts';
import { expandCampaignPreset } from '../../../../src/campaigns/presets.ts';
import { resolveCampaign } from '../../../../src/campaigns/resolve.ts';
import { campaignSpecSchema } from '../../../../src/campaigns/spec.ts';
import { dryRunText } from '../../../../src/cli/dry-run-text.ts';

function dryRun(scale: number, overrides: Record<string, unknown> = {}) {
  const { definition, scaled } = expandCampaignPreset('paper', overrides, scale);
  return representDryRun(resolveCampaign(campaignSpecSchema.parse(definition), 1), scaled);
}
const row = (text: string, name: string): string[] | undefined =>
  text
    .split('\n')
    .map((line) => line.split(/\s{2,}/))
    .find(([first]) => first === name);

describe('a dry run', () => {
  test('of the published protocol has a row for each part and one for all, and says that nothing was created', async () => {
    const text = dryRunText(await dryRun(1));
    const names = ['random', 'bayesian', 'genetic-1', 'genetic-2', 'genetic-3', 'final-grid', 'test', 'repeat-1', 'repeat-5', 'in all'];
    expect(names.map((name) => row(text, name)?.[0])).toEqual(names);
    expect(row(text, 'genetic-1')?.[1]).toBe('1331');
    expect(row(text, 'in all')?.[5]).toMatch(/^\d+ – \d+ h$/);
    expect(text.endsWith('\nNothing was created. Run the command without --dry-run to start the campaign.')).toBe(true);
    expect(text).not.toContain('Scaled down');
  });

  test('says what the scale made of each number', async () => {
    const lines = dryRunText(await dryRun(0.1)).split('\n');
    expect(lines.slice(0, 2)).toEqual(['Scaled down:', '  trials of random: 70 → 7']);
  });

  test('calls open what only time or a target value ends', async () => {
    const studies = [{ name: 'endless', sampler: { type: 'random' }, budget: { wallClockSeconds: 60 } }];
    const final = { finalists: [{ study: 'endless' }] };
    expect(row(dryRunText(await dryRun(1, { studies, final })), 'endless')).toEqual([
      'endless',
      ...Array.from({ length: 6 }, () => 'open'),
    ]);
  });
});
