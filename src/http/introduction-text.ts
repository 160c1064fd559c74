import { studyExamples } from './examples.ts';

const [firstExample] = studyExamples;

/** One-page guide to the API, in Markdown: the description of the OpenAPI document. */
export const introductionText = `Clavier tunes hyperparameters. You POST a *study*: the hyperparameters that may vary (the search space), the value to optimise (the metric),
the search method (the sampler) and the limit (the budget). The service queues *trials*, its runners or your own workers evaluate them, and
every result is stored. You can kill any part of it at any moment: the study continues and ends with the same result.

## From a study to a winner
1. \`POST /v1/studies\` with a definition, or with \`{"preset": …}\` (see \`GET /v1/presets\`) and the keys to override. The response (201) has
   the definition with all defaults filled in; the header \`Location\` has the address of the study. With \`"dryRun": true\` nothing is stored:
   the response (200) has that definition and an estimate of trials, steps, processor time and disk.
2. \`GET /v1/studies/{studyId}\` until \`state\` is \`completed\`, \`failed\` or \`cancelled\`. Send the last \`ETag\` as \`If-None-Match\`: if
   nothing has changed, the response is 304 without a body. With \`?wait=60\` it comes when something has changed, at the latest after that time in seconds;
   otherwise \`Retry-After\` recommends the seconds before the next read. \`progress\` has the finished and planned trials, \`remainingSeconds\` the expected time left.
3. \`GET …/leaderboard\` has the best trials, best first. \`GET …/trials\` has all of them, each with its origin;
   \`GET /v1/trials/{trialId}\` adds the measurements at each step.
4. \`GET …/export\` returns the study as canonical JSON: the same definition and seed give the same bytes.

${
  firstExample === undefined
    ? ''
    : `\`\`\`sh
curl -i localhost:8080/v1/studies -H 'content-type: application/json' -d '${JSON.stringify(firstExample.definition, null, 2)}'
\`\`\`
`
}
## From a campaign to an answer
A *campaign* compares search methods: several studies over one space and one objective, a final among their best configurations,
and an evaluation of the winner on held-out data, which does not affect any ranking.
1. \`POST /v1/campaigns\` with \`{"preset": …, "scale": 0.1, "dryRun": true}\` (see \`GET /v1/presets\`): the response (200) has the scaled numbers and
an estimate of the time. Nothing is stored.
2. The same request without \`dryRun\`, or the \`spec\` of that response, creates the campaign (201). Its parts are ordinary studies, which are added as the
   campaign advances. \`GET /v1/campaigns/{campaignId}\` shows the progress of each part and the parts still to be added.
3. \`GET …/winner\` has the winner once the searches and the final have ended (until then 409 \`winner-not-known\`): its parameters, its
   result on held-out data, and the mean and the range over evaluations with other seeds. \`GET …/finalists\` has the same for the best of
   each search.
4. \`GET …/report\` compares the methods, as JSON; \`GET …/report.html\` is the same as a page, and \`GET …/trials.csv\` has every trial.

## Pausing and ending
A study is \`active\` until it is paused or ends. When a study is paused, its running trials stop at their next step checkpoint
and continue from there when it is resumed. A study that has ended changes only if you change its labels or raise its budget, and can be deleted.
The same holds for campaigns, whose studies follow them.

## Keys and projects
A service that only programs of its own machine reach is open until its first key is made; every other answers only to requests with
\`Authorization: Bearer KEY\`. A key has rights: \`read\`, \`write\` (which includes \`read\`), \`work\` (asks for trials and delivers results) and
\`admin\` (which includes all). Each operation says the right that it needs. A key belongs to a *project* and sees nothing else: what another project has
is answered with 404. A key of all projects, and a caller of an open service, choose the project with the header \`Clavier-Project\`. Results are reused within a
project alone. A revoked key is refused within ten seconds.

## Conventions
- **Problems.** A rejected request gets \`application/problem+json\` (RFC 9457) with a stable \`code\`, and changes nothing.
  \`errors\` lists all errors at once, each with a JSON pointer into the body or the name of a parameter. \`type\` is the address of a page that explains the problem.
- **Nothing is ignored** in a body or an address: an unknown key or parameter is an error. If a JSON object has the same key
  twice, the last one counts. The only conditional headers are \`If-None-Match\` for reads and \`If-Match\` for PATCH; others are not evaluated.
- **Methods.** Every GET operation also answers HEAD, with the same headers. OPTIONS gets 204, and a method that an address does not
  support gets 405 (\`method-not-allowed\`); in both, \`Allow\` lists the supported methods.
- **Compression.** Responses of 1 KiB and more are compressed for clients that send \`Accept-Encoding: br\` or \`gzip\`. Their \`ETag\` is
  weak (\`W/"…"\`); send it back as it is.
- **Every operation** can also answer 400 \`malformed-http\`, 408 \`request-timeout\`, 417 \`expectation-failed\`, 431
  \`headers-too-large\`, 421 \`host-not-allowed\` for a host name that is not the service's, and, if it changes something and a browser
  sends it for a page of another site, 403 \`cross-site-request\`. Only CONNECT and incomplete requests get no problem; their connection is closed.
- **Lists** are paged. Follow \`nextCursor\` until it is null, with the same filters.
- **Numbers** are JSON numbers: doubles. A value that is not finite is null, and ranks last.
- **Times** are RFC 3339 text in UTC, by the clock of the database. **Ids** are UUIDs; anything else gets 422, and an unknown id 404.
- **Limits.** \`RateLimit-Limit\` is the number of requests a minute for a key, or for an address without one, \`RateLimit-Remaining\` the
  number that is left, \`RateLimit-Reset\` the seconds until the count begins again. Above it the answer is 429 (\`rate-limited\`) with \`Retry-After\`.
- **503** with \`Retry-After\` means that the database cannot be reached, or that too many exports are being sent; try again after that time in seconds.
`;
