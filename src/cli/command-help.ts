import { exitCodesText } from './exit-codes.ts';

/** Help text below the options of a command of `clavier study`. Without a command, or for one without examples: that of the group. */
export function studyHelpOf(command?: string): string {
  return (command && studyHelp[command]) || studyGroupHelp;
}

/** Help text below the options of a command of `clavier campaign`. Without a command, or for one without examples: that of the group. */
export function campaignHelpOf(command?: string): string {
  return (command && campaignHelp[command]) || campaignGroupHelp;
}

/** Help text below the options of a command of `clavier preset`. Without a command: that of the group. */
export function presetHelpOf(command?: string): string {
  return (command && presetHelp[command]) || presetGroupHelp;
}

/** Help text below the options of a command of `clavier key`. Without a command, or for one without examples: that of the group. */
export function keyHelpOf(command?: string): string {
  return (command && keyHelp[command]) || keyGroupHelp;
}

/** A command line and its explanation. */
type Example = readonly [line: string, meaning: string];

/** Formats examples, remarks and the exit codes. */
export function helpText(examples: readonly Example[], remarks: readonly string[] = []): string {
  return ['', ...remarks, ...(remarks.length > 0 ? [''] : []), ...examplesOf(examples), exitCodesText].join('\n');
}

function examplesOf(examples: readonly Example[]): string[] {
  if (examples.length === 0) return [];
  return ['Examples:', ...examples.flatMap(([line, meaning]) => [`  ${line}`, `      ${meaning}`]), ''];
}

const whereDescribed = ['The service documents definitions at /docs; `clavier preset show NAME` prints a', 'complete one to start from.'];

const studyGroupHelp = helpText([
  ['clavier study create -f study.json --watch', 'create a study and show progress until it ends'],
  ['clavier study list --state active', 'the studies in progress'],
  ['clavier study show STUDY', 'its state, progress, best trial and definition, and what to do next'],
  ['clavier study leaderboard STUDY --json', 'the best trials as JSON'],
]);

const optunaText = [
  '--optuna reads, without changing it:',
  '  sqlite:///PATH     an SQLite file (four slashes begin an absolute path), or its PATH alone',
  '  postgresql://…     a PostgreSQL database; a driver such as postgresql+psycopg2 is ignored',
  '  FILE               a journal of JournalFileBackend: JSON lines, or the same as a JSON array',
  '',
  'Completed trials become known results, in the order of their numbers; waiting ones that name',
  'every parameter are evaluated first, as a part of --trials. Pruned, failed and running trials',
  'are left out. Parameters that all completed trials have make the search space: Optuna does',
  'not store conditions. Ranges that changed between trials are united.',
];

const studyHelp: Readonly<Record<string, string>> = {
  create: helpText(
    [
      ['clavier study create -f study.json', 'create the study in the file and print its id'],
      ['clavier study create --preset NAME --watch', 'create a study from a preset; show progress, then the leaderboard'],
      [`echo '{"name": "mine"}' | clavier study create --preset NAME -f -`, 'create a study from a preset with one change'],
      ['clavier study create -f study.json --dry-run', 'estimate trials, steps, time and disk; nothing is created'],
    ],
    whereDescribed,
  ),
  list: helpText([
    ['clavier study list', 'all studies, those of campaigns included, newest first'],
    ['clavier study list --state active --json', 'the studies in progress as JSON'],
  ]),
  show: helpText([
    ['clavier study show STUDY', 'the study in words, and what to do next'],
    ['clavier study show STUDY --json | jq .best.parameters', 'the best parameters for a script'],
  ]),
  trials: helpText([
    ['clavier study trials STUDY --state failed', 'the trials that failed, with the reason'],
    ['clavier study trials STUDY --generation 0 --limit 10', 'the first ten trials of the first generation'],
    ['clavier study trials STUDY --csv > trials.csv', 'all trials with every value, for a spreadsheet'],
  ]),
  report: helpText([
    ['clavier study report STUDY', 'the best configurations and the cost, as far as they are known'],
    ['clavier study report STUDY --html report.html', 'the same, and a self-contained page with all plots'],
  ]),
  delete: helpText([
    ['clavier study export STUDY -o study.json && clavier study delete STUDY', 'keep an export, then delete the study'],
    ['clavier study delete STUDY --yes', 'delete it without a question, in a script'],
  ]),
  watch: helpText([['clavier study watch STUDY && echo done', 'wait for the end; succeeds only if there is a winner']]),
  leaderboard: helpText([['clavier study leaderboard STUDY --limit 3', 'the best three trials']]),
  export: helpText([
    ['clavier study export STUDY -o study.export.json', 'write the export to a file'],
    ['clavier study export STUDY --no-provenance | sha256sum', 'a digest that is the same on every machine'],
  ]),
  import: helpText(
    [
      ['clavier study import -f study.export.json', 'recreate the exported study and print its id'],
      ['clavier study import -f study.export.json --trials 200', 'recreate it and continue to 200 trials in all'],
      [
        'clavier study import -f study.export.json --fork-generation 9 --seed 7',
        'keep the first ten generations and continue with another seed',
      ],
      ['clavier study export STUDY | clavier study import -f - --fork-trials 20', 'a fork of a search without generations'],
      ['clavier study import --optuna sqlite:///optuna.db --study mine --trials 200', 'continue a study of Optuna for 200 more trials'],
      ['clavier study import --optuna journal.log --dry-run > study.json', 'only convert it; change the file, then create -f study.json'],
    ],
    optunaText,
  ),
  compare: helpText([
    ['clavier study compare STUDY STUDY', 'rank, best value and costs of both, and the differences of their definitions'],
    ['clavier study compare STUDY STUDY STUDY --html comparison.html', 'the same, and a self-contained page with all plots'],
  ]),
  fork: helpText([
    ['clavier study fork STUDY --generation 3 --seed 5', 'keep the generations 0 to 3 and continue with another seed'],
    [
      'clavier study fork STUDY --trials 20 --budget-trials 100',
      'keep the first 20 trials of a search without generations and try 80 more',
    ],
  ]),
  'add-trials': helpText([
    [
      `echo '{"trials": [{"parameters": {"lr": 0.01}}, {"parameters": {"lr": 0.1}, "values": {"loss": 0.3}}]}' | clavier study add-trials STUDY -`,
      'a configuration to evaluate next, and a known result',
    ],
  ]),
  extend: helpText([
    ['clavier study extend STUDY --trials 200', 'go on to 200 trials in all, also after its end'],
    ['clavier study extend STUDY --target-value none --trials 500', 'search on without a target'],
  ]),
  change: helpText([
    ['clavier study change STUDY --priority 10', 'its trials go before those of other studies of its project'],
    ['clavier study change STUDY --parallelism 4 --label team=search', 'at most four trials at a time, and a label'],
  ]),
  verify: helpText([
    ['clavier study verify STUDY', 'what was checked, with a digest that equal runs share; or a table of the differences'],
    ['clavier study verify STUDY --json > verification.json || echo changed', 'the same as JSON'],
  ]),
  events: helpText([
    ['clavier study events STUDY', 'each event in a line'],
    ['clavier study events STUDY --json > events.json', 'complete events with their hashes, to check the chain yourself'],
  ]),
};

const campaignGroupHelp = helpText([
  ['clavier campaign create --preset NAME --scale 0.1 --dry-run', 'estimate the cost of a tenth of the preset'],
  ['clavier campaign create -f campaign.json --watch', 'create a campaign and show progress until it ends'],
  ['clavier campaign report CAMPAIGN --html report.html', 'a comparison of the methods, and a page with all plots'],
]);

const presetGroupHelp = helpText([
  ['clavier preset list', 'the presets of studies and campaigns'],
  ['clavier preset show NAME > study.json', 'save a definition, to change it and create it with -f'],
]);

/** Help text below the options of `clavier project` and its commands. */
export const projectHelp = helpText([
  ['clavier project create vision', 'create a project; needs an admin key of all projects'],
  ['clavier key create sweeps --scopes write,work --project vision', 'a key that sees and changes that project alone'],
  ['clavier study list --project vision', 'the studies of a project, for a key of all projects'],
  ['clavier project change vision --weight 3 --slots 4', 'three times the share of others, on at most four slots'],
  ['clavier project change vision --trials-per-day none', 'lift a quota'],
  ['clavier project export vision -o vision.ndjson', 'all its campaigns and studies'],
  ['clavier project erase vision', 'delete all that it has, for good'],
]);

/** Help text below the options of `clavier whoami`. */
export const whoamiHelp = helpText([
  ['clavier whoami', 'the project and the rights with which the commands act'],
  ['clavier whoami --json | jq -r .project', 'the project for a script'],
]);

/** Help text below the options of `clavier audit`. */
export const auditHelp = helpText([
  ['clavier audit --since 7d', 'what was changed in the last week: keys, projects, cancels, deletions'],
  ['clavier audit --target STUDY', 'who cancelled or deleted a study'],
  ['clavier audit --action key-created --json', 'the keys that were made, as JSON'],
]);

const rights = [
  'Rights: read; write (creates, changes and deletes, and reads); work (asks for trials and',
  'delivers results, nothing else); admin (makes keys, and does all that the others do).',
  'Give a key as few as it needs, and an end.',
];

const keyGroupHelp = helpText([
  ['clavier key create operator --scopes admin --all-projects --local', 'the first key, made without the service'],
  ['clavier key list', 'all keys, with their rights and their last use'],
  ['clavier key revoke KEY', 'revoke a key for ever'],
]);

const keyHelp: Readonly<Record<string, string>> = {
  create: helpText(
    [
      ['clavier key create laptop --scopes write --expires 90d', 'a key that reads and writes, for 90 days'],
      ['clavier key create gpu-7 --scopes work --project vision', 'a key of a worker, in another project'],
      ['export CLAVIER_KEY=$(clavier key create me --scopes admin --all-projects)', 'keep the secret for the commands that follow'],
      [
        'clavier key create operator --scopes admin --all-projects --local',
        'the first key, in the database of DATABASE_URL or of the data folder',
      ],
    ],
    rights,
  ),
};

/** Help text below the options of `clavier worker`. */
export const workerHelp = helpText(
  [
    ['clavier worker STUDY -- python train.py --lr {learningRate}', 'run a script for each trial until the study has ended'],
    ['clavier worker STUDY --jobs 4 --timeout 3600 -- ./train.sh', 'four trials at a time, each for an hour at most'],
    ['clavier worker STUDY -- sh -c \'echo "{{\\"step\\": 1, \\"loss\\": {x}}}"\'', 'double the braces that are no placeholders'],
  ],
  [
    'The command knows its trial by placeholders, or by CLAVIER_PARAMETERS (JSON),',
    'CLAVIER_TRIAL_ID, CLAVIER_TRIAL_NUMBER, CLAVIER_ATTEMPT, CLAVIER_RESUME (JSON: the',
    'last checkpoint of an earlier attempt, or of an earlier trial that it continues;',
    'empty if there is none) and CLAVIER_EARLIER_VALUES (JSON: values of the first',
    'steps, if they differ from the parameters; else empty).',
    '',
    'It reports by lines of standard output, such as {"step": 3, "accuracy": 0.91},',
    'with "checkpoint": "…" if another attempt may continue from there. Its result is',
    'the JSON object that it writes to the file CLAVIER_RESULT_FILE, such as',
    '{"accuracy": 0.91}, or else its last report. One that resumes after the last step',
    'has nothing to report: its result is the values of that checkpoint.',
    '',
    'Any exit code but 0, a signal or --timeout fails the attempt, with the last lines',
    'of standard error. A command that has to stop gets SIGTERM with all its processes,',
    'and SIGKILL after --grace. Ctrl-C stops the commands and returns their trials.',
  ],
);

const presetHelp: Readonly<Record<string, string>> = {
  list: helpText([
    ['clavier preset list', 'the presets of studies and campaigns, each in a sentence'],
    ['clavier preset list --kind campaign --json', 'those of campaigns, with their definitions'],
  ]),
  show: helpText([
    ['clavier preset show NAME', 'its definition, and the command that starts it'],
    ['clavier preset show NAME > study.json', 'save the definition, to change it and create it with -f'],
  ]),
};

const campaignHelp: Readonly<Record<string, string>> = {
  winner: helpText([
    ['clavier campaign winner CAMPAIGN', 'its parameters and values, once the searches and the final have ended'],
    ['clavier campaign winner CAMPAIGN --json | jq .parameters', 'the parameters for a script'],
  ]),
  delete: helpText([
    ['clavier campaign delete CAMPAIGN', 'delete it with all its studies, after a question'],
    ['clavier campaign delete CAMPAIGN --yes', 'delete it without a question, in a script'],
  ]),
  create: helpText(
    [
      ['clavier campaign create --preset NAME --scale 0.1 --dry-run', 'estimate its cost; nothing is created'],
      ['clavier campaign create -f campaign.json', 'create the campaign in the file and print its id'],
      [
        `echo '{"name": "mine"}' | clavier campaign create --preset NAME --scale 0 -f - --watch`,
        'the smallest campaign of the preset with one change; show progress, then the report',
      ],
    ],
    whereDescribed,
  ),
  list: helpText([
    ['clavier campaign list --state active', 'the campaigns in progress'],
    ['clavier campaign list --label team=search', 'those with this label'],
  ]),
  change: helpText([['clavier campaign change CAMPAIGN --label stage=final --remove-label draft', 'set one label and remove another']]),
  watch: helpText([['clavier campaign watch CAMPAIGN && echo done', 'wait for the end; succeeds only if there is a winner']]),
  report: helpText([
    ['clavier campaign report CAMPAIGN', 'the methods and the winner as text, as far as they are known'],
    ['clavier campaign report CAMPAIGN --html report.html', 'the same, and a self-contained page with all plots'],
    ['clavier campaign report CAMPAIGN --json', 'the whole report as JSON'],
  ]),
  export: helpText([
    ['clavier campaign export CAMPAIGN -o campaign.export.json', 'write the export to a file'],
    ['clavier campaign export CAMPAIGN --no-provenance | sha256sum', 'a digest that is the same on every machine'],
  ]),
  import: helpText([
    ['clavier campaign import -f campaign.export.json', 'recreate the exported campaign with all its parts, and print its id'],
    ['clavier campaign export CAMPAIGN --url http://a | clavier campaign import -f - --url http://b', 'move a campaign between services'],
  ]),
  verify: helpText([
    ['clavier campaign verify CAMPAIGN', 'what was checked, with a digest that equal runs share; or a table of the differences'],
    ['clavier campaign verify CAMPAIGN --json > verification.json || echo changed', 'the same as JSON, with each part'],
  ]),
};
