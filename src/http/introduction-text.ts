import { studyExamples } from './examples.ts';

const [firstExample] = studyExamples;

/** How to use the API, in a page: the description of the OpenAPI document, in Markdown. */
export const introductionText = `Clavier tunes hyperparameters. You POST a *study*: what may vary (the search space), what is measured (the metric),
how to search (the sampler) and when to stop (the budget). The service queues *trials*, its runners train them, and every
result is kept. Kill any part of it at any moment: the study goes on and ends as it would have.

## From a study to a winner
1. \`POST /v1/studies\` with a definition, or with \`{"preset": …}\` (see \`GET /v1/presets\`) and the keys that differ. The answer (201) shows
   the definition with every default filled in; the header \`Location\` has the address of the study.
2. \`GET /v1/studies/{studyId}\` until \`state\` is \`completed\`, \`failed\` or \`cancelled\`. Send the last \`ETag\` as \`If-None-Match\`: while
   nothing moved, the answer is 304 without a body.
3. \`GET …/leaderboard\` has the best trials, best first. \`GET …/trials\` has all of them, each with where it came from;
   \`GET /v1/trials/{trialId}\` adds what was measured after each step.
4. \`GET …/export\` is the study as canonical JSON: the same definition and seed give the same bytes.

${
  firstExample === undefined
    ? ''
    : `\`\`\`sh
curl -i localhost:8080/v1/studies -H 'content-type: application/json' -d '${JSON.stringify(firstExample.definition, null, 2)}'
\`\`\`
`
}
## From a campaign to an answer
A *campaign* compares ways to search: several studies over one space and one objective, a final among their best, and the
evaluation of the winner on held-out data, which ranks nothing.
1. \`POST /v1/campaigns\` with \`{"preset": …, "scale": 0.1, "dryRun": true}\` (see \`GET /v1/campaign-presets\`): the answer (200) says what each number becomes and
   about how long it takes. Nothing is stored.
2. The same without \`dryRun\`, or the \`definition\` of that answer, creates it (201). Its parts are ordinary studies; they appear as the campaign advances, and
   \`GET /v1/campaigns/{campaignId}\` shows how far each has come and what is still to come.
3. \`GET …/winner\` has the winner once the searches and the final ended (until then 409 \`winner-not-known\`): its parameters, what it
   is worth on held-out data, and the mean and the range over trainings with other seeds. \`GET …/finalists\` has the same of the best of
   each search.
4. \`GET …/report\` compares the methods, for programs; \`GET …/report.html\` is the same as a page, \`GET …/trials.csv\` has every trial.

## Pausing and ending
A study is \`active\` until it is paused or ends. Pausing lets running trials reach their next step checkpoint, from which they
go on when it is resumed. A study that ended never moves again, and can be deleted.
Campaigns live alike, and their studies follow them.

## What holds everywhere
- **Problems.** A request that is not done gets \`application/problem+json\` (RFC 9457) with a stable \`code\`, and changes nothing.
  \`errors\` names all faults at once: a JSON pointer into the body, or the name of a parameter. \`type\` is the address of a page that explains it.
- **Nothing is ignored** in a body or an address: a key or parameter that is not known is a fault. Of a key that stands twice in one JSON
  object the last one counts. Of the headers that make a request conditional only \`If-None-Match\` is used.
- **Methods.** What can be read with GET answers HEAD with the same headers. OPTIONS answers 204, and a method that an address does not
  take 405 (\`method-not-allowed\`); both name in \`Allow\` those it takes.
- **Before any operation** a request may end with 400 \`malformed-http\`, 408 \`request-timeout\`, 417 \`expectation-failed\` or 431
  \`headers-too-large\`, with 421 \`host-not-allowed\` under a host name that is not its own, or, where it changes something and a browser sends it for
  a page of another site, with 403 \`cross-site-request\`. Without a problem, and with a closed connection, end only CONNECT and requests that stop half way.
- **Lists** come in pages. Follow \`nextCursor\` until it is null, with the same filters.
- **Numbers** are JSON numbers: doubles. A value that is not finite is null, and ranks last.
- **Times** are RFC 3339 text in UTC, by the clock of the database. **Ids** are UUIDs; one that is not is a 422, one that nothing has is a 404.
- **503** with \`Retry-After\` means that the database cannot be reached; ask again.
`;
