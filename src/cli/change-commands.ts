import type { Command } from 'commander';
import type { CampaignRepresentation } from '../api/campaign.ts';
import type { ChangeRequest, ExtensionRequest } from '../api/change-request.ts';
import type { StudyRepresentation } from '../api/study.ts';
import { exitCodes, UsageError } from './exit-codes.ts';
import { countOf, integerOf, type Label, labelsOf, numberOf, secondsOf } from './option-values.ts';
import { studyLine } from './study-line.ts';
import { type AddCommand, type CommandTools, type ConnectionOptions, type RunCommand, writeJson, writeLine } from './tools.ts';

/** A limit, or the word that removes it. */
type Limit = number | 'none';

interface ExtendCommand extends ConnectionOptions {
  readonly trials?: Limit;
  readonly generations?: Limit;
  readonly wallClockSeconds?: Limit;
  readonly targetValue?: Limit;
  readonly json?: true;
}

interface LabelOptions {
  readonly label?: readonly Label[];
  readonly removeLabel?: readonly string[];
}

interface ChangeCommand extends ConnectionOptions, LabelOptions {
  readonly parallelism?: number;
  readonly priority?: number;
  readonly json?: true;
}

interface CampaignChangeCommand extends ConnectionOptions, LabelOptions {
  readonly json?: true;
}

/** Adds `clavier study extend` and `clavier study change`. */
export function addChangeCommands(add: AddCommand, run: RunCommand): void {
  add('extend <study>', 'raise the budget of a study, also of one that ended by it; it goes on as if it had it from the start')
    .option('--trials <number>', 'number of trials in all; none removes this limit', orNone(countOf))
    .option('--generations <number>', 'number of generations in all; none removes this limit', orNone(countOf))
    .option('--wall-clock-seconds <seconds>', 'active time in all; none removes this limit', orNone(secondsOf))
    .option('--target-value <value>', 'a better value at which to stop; none removes the target', orNone(numberOf))
    .option('--json', 'print the study as JSON')
    .action((id: string, options: ExtendCommand) => run(options, (tools) => extend(tools, id, options)));
  const changing = add('change <study>', 'change the parallelism, the priority or the labels of a study')
    .option('--parallelism <number>', 'limit on open trials from now on', countOf)
    .option('--priority <number>', 'trials of a higher priority are evaluated first', integerOf);
  withLabelOptions(changing)
    .option('--json', 'print the study as JSON')
    .action((id: string, options: ChangeCommand) => run(options, (tools) => change(tools, id, options)));
}

/** Adds `clavier campaign change`. @param show prints the changed campaign and returns the exit code */
export function addCampaignChangeCommand(
  add: AddCommand,
  run: RunCommand,
  show: (tools: CommandTools, campaign: CampaignRepresentation, options: CampaignChangeCommand) => number,
): void {
  withLabelOptions(add('change <campaign>', 'change the labels of a campaign, also after its end'))
    .option('--json', 'print the campaign as JSON')
    .action((id: string, options: CampaignChangeCommand) =>
      run(options, async (tools) => {
        if (!changesLabels(options)) throw new UsageError('give what to change: --label or --remove-label');
        const { labels: before = {} } = (await tools.client.getCampaign(id)).spec;
        return show(tools, await tools.client.changeCampaign(id, { labels: labelsAfter(before, options) }), options);
      }),
    );
}

function withLabelOptions(command: Command): Command {
  return command
    .option('--label <name=value>', 'set a label; repeat it for several', labelsOf, [])
    .option('--remove-label <name>', 'remove a label; repeat it for several', names, []);
}

async function extend(tools: CommandTools, id: string, options: ExtendCommand): Promise<number> {
  const { trials, generations, wallClockSeconds, targetValue } = options;
  const limit = (given: Limit): number | null => (given === 'none' ? null : given);
  const budget: ExtensionRequest['budget'] = {
    ...(trials !== undefined && { trials: limit(trials) }),
    ...(generations !== undefined && { generations: limit(generations) }),
    ...(wallClockSeconds !== undefined && { wallClockSeconds: limit(wallClockSeconds) }),
    ...(targetValue !== undefined && { targetValue: limit(targetValue) }),
  };
  if (Object.keys(budget).length === 0)
    throw new UsageError('give what to raise: --trials, --generations, --wall-clock-seconds or --target-value');
  return shown(tools, await tools.client.extendStudy(id, { budget }), options);
}

async function change(tools: CommandTools, id: string, options: ChangeCommand): Promise<number> {
  const { parallelism, priority } = options;
  if (parallelism === undefined && priority === undefined && !changesLabels(options))
    throw new UsageError('give what to change: --parallelism, --priority, --label or --remove-label');
  const request: ChangeRequest = {
    ...(parallelism !== undefined && { parallelism }),
    ...(priority !== undefined && { priority }),
    ...(changesLabels(options) && { labels: labelsAfter((await tools.client.getStudy(id)).spec.labels, options) }),
  };
  return shown(tools, await tools.client.changeStudy(id, request), options);
}

function changesLabels({ label = [], removeLabel = [] }: LabelOptions): boolean {
  return label.length > 0 || removeLabel.length > 0;
}

function labelsAfter(before: Readonly<Record<string, string>>, { label = [], removeLabel = [] }: LabelOptions): Record<string, string> {
  const kept = Object.entries(before).filter(([name]) => !removeLabel.includes(name));
  return Object.fromEntries([...kept, ...label]);
}

function shown(tools: CommandTools, study: StudyRepresentation, { json }: { readonly json?: true }): number {
  if (json) writeJson(tools, study);
  else writeLine(tools, studyLine(study));
  return exitCodes.done;
}

/** Parses the word `none`, or else what the parser reads. */
function orNone(parse: (text: string) => number): (text: string) => Limit {
  return (text) => (text === 'none' ? text : parse(text));
}

function names(text: string, earlier: readonly string[]): readonly string[] {
  return [...earlier, text];
}
