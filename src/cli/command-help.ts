import { exitCodesText } from './exit-codes.ts';

/** What stands below the options of a command of `clavier study`. Absent, or a command without examples of its own: the group's. */
export function studyHelpOf(command?: string): string {
  return (command && studyHelp[command]) || studyGroupHelp;
}

/** What stands below the options of a command of `clavier campaign`. Absent, or a command without examples of its own: the group's. */
export function campaignHelpOf(command?: string): string {
  return (command && campaignHelp[command]) || campaignGroupHelp;
}

/** A command line, and what it does. */
type Example = readonly [line: string, meaning: string];

/** What stands below the options in the help of a command: examples, and what its exit codes mean. */
function helpText(examples: readonly Example[], remarks: readonly string[] = []): string {
  return ['', ...remarks, ...(remarks.length > 0 ? [''] : []), ...examplesOf(examples), exitCodesText].join('\n');
}

function examplesOf(examples: readonly Example[]): string[] {
  if (examples.length === 0) return [];
  return ['Examples:', ...examples.flatMap(([line, meaning]) => [`  ${line}`, `      ${meaning}`]), ''];
}

/** Where definitions are described. @param presets path of the examples */
function whereDescribed(presets: string): string {
  return `What a definition may hold is described at /docs of the service; ${presets} has whole ones to start from.`;
}

const studyGroupHelp = helpText([
  ['clavier study create -f study.json --watch', 'create a study and stay until it ends'],
  ['clavier study list --state active', 'what is being searched at the moment'],
  ['clavier study leaderboard STUDY --json', 'the best trials, for a program'],
]);

const studyHelp: Readonly<Record<string, string>> = {
  create: helpText(
    [
      ['clavier study create -f study.json', 'create what the file defines, print its id'],
      [
        `echo '{"preset": "paper-3", "objective": {"dataset": "spam-assassin"}}' | clavier study create -f - --watch`,
        'a preset with one change, piped in; progress until it ends, then the leaderboard',
      ],
    ],
    [whereDescribed('/v1/presets')],
  ),
  list: helpText([
    ['clavier study list', 'all studies, newest first, those of campaigns too'],
    ['clavier study list --state active --json', 'those that go on, for a program'],
  ]),
  watch: helpText([['clavier study watch STUDY && echo done', 'wait for the end; goes on only where there is a winner']]),
  leaderboard: helpText([['clavier study leaderboard STUDY --limit 3', 'the best three trials']]),
  export: helpText([
    ['clavier study export STUDY -o study.export.json', 'keep the export in a file'],
    ['clavier study export STUDY --no-provenance | sha256sum', 'the same on every machine'],
  ]),
  import: helpText([
    ['clavier study import -f study.export.json', 'make the study of an export as it was, print its id'],
    ['clavier study import -f study.export.json --trials 200', 'and search on: 200 trials in all'],
    ['clavier study import -f study.export.json --fork-generation 9 --seed 7', 'keep the first ten generations, breed others after them'],
    ['clavier study export STUDY | clavier study import -f - --fork-trials 20', 'a fork of a search without generations'],
  ]),
  verify: helpText([
    ['clavier study verify STUDY', 'what was looked at, and a digest that equal runs share; or a table of the differences'],
    ['clavier study verify STUDY --json > verification.json || echo changed', 'the same for a program'],
  ]),
  events: helpText([
    ['clavier study events STUDY', 'each event in a line'],
    ['clavier study events STUDY --json > events.json', 'with all that they say and their hashes, to chain them yourself'],
  ]),
};

const campaignGroupHelp = helpText([
  ['clavier campaign create --preset paper --scale 0.1 --dry-run', 'what a tenth of the published protocol would cost'],
  ['clavier campaign create -f campaign.json --watch', 'create a campaign and stay until it ends'],
  ['clavier campaign report CAMPAIGN --html report.html', 'the methods side by side; all plots in a page'],
]);

const campaignHelp: Readonly<Record<string, string>> = {
  create: helpText(
    [
      ['clavier campaign create --preset paper --scale 0.1 --dry-run', 'what it would cost; nothing is created'],
      ['clavier campaign create -f campaign.json', 'create what the file defines, print its id'],
      [
        `echo '{"objective": {"dataset": "spam-assassin"}}' | clavier campaign create --preset paper --scale 0 -f - --watch`,
        'the smallest campaign of the preset, with one change that is piped in; progress until it ends, then the report',
      ],
    ],
    [whereDescribed('/v1/campaign-presets')],
  ),
  list: helpText([['clavier campaign list --state active', 'what is being searched at the moment']]),
  watch: helpText([['clavier campaign watch CAMPAIGN && echo done', 'wait for the end; goes on only where there is a winner']]),
  report: helpText([
    ['clavier campaign report CAMPAIGN', 'the methods and the winner as text; what is not known yet is left open'],
    ['clavier campaign report CAMPAIGN --html report.html', 'the same, and a page with all plots that needs no other file'],
    ['clavier campaign report CAMPAIGN --json', 'all of it, for a program'],
  ]),
  export: helpText([
    ['clavier campaign export CAMPAIGN -o campaign.export.json', 'keep the export in a file'],
    ['clavier campaign export CAMPAIGN --no-provenance | sha256sum', 'the same on every machine'],
  ]),
  verify: helpText([
    ['clavier campaign verify CAMPAIGN', 'what was looked at, and a digest that equal runs share; or a table of the differences'],
    ['clavier campaign verify CAMPAIGN --json > verification.json || echo changed', 'the same for a program, each part by itself'],
  ]),
};
