import { helpText } from './command-help.ts';

/** Help text below the options of a command of `clavier webhook`. Without a command, or for one without examples: that of the group. */
export function webhookHelpOf(command?: string): string {
  return (command && webhookHelp[command]) || webhookGroupHelp;
}

const webhookGroupHelp = helpText([
  ['clavier webhook create https://receiver.example/clavier --type study-ended', 'send the ends of studies, signed'],
  ['clavier webhook ping WEBHOOK', 'send a test message and show the answer'],
  ['clavier webhook deliveries WEBHOOK --state pending', 'what waits, with the reason'],
]);

const webhookHelp: Readonly<Record<string, string>> = {
  create: helpText(
    [
      ['clavier webhook create https://receiver.example/clavier', 'send all events of the project from now on'],
      ['clavier webhook create https://receiver.example/ --study STUDY --type trial-completed', 'send the results of one study'],
      ['clavier webhook create https://receiver.example/ --label team=search', 'send the events of studies with this label'],
    ],
    [
      'Messages follow the convention Standard Webhooks: receivers verify them with its',
      'libraries and the secret. They arrive at least once, in order for each study;',
      'a repetition has the same webhook-id.',
    ],
  ),
  change: helpText([
    ['clavier webhook change WEBHOOK --enable', 'enable it again; it goes on where it stopped'],
    ['clavier webhook change WEBHOOK --enable --skip-waiting', 'enable it without what happened meanwhile'],
    ['clavier webhook change WEBHOOK --to https://new.example/ --all-types', 'another address, and all types of events'],
  ]),
  ping: helpText([['clavier webhook ping WEBHOOK && echo reached', 'succeeds if the receiver accepts the message']]),
  rotate: helpText([['clavier webhook rotate WEBHOOK', 'print a new secret; the one before signs beside it for 24 hours']]),
  redeliver: helpText([['clavier webhook redeliver WEBHOOK DELIVERY', 'send it again; the receiver knows it by its webhook-id']]),
};
