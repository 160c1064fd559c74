import type { ReportFinalistRepresentation } from '../api/report.ts';
import { percent, whole } from './formats.ts';
import { escaped } from './html.ts';

type Metrics = NonNullable<ReportFinalistRepresentation['test']>['metrics'];

/** Confusion matrices as tables: counts, and shares of all texts. Of several models it shows the mean. @param caption text */
export function confusionMatrix(models: readonly Metrics[], caption: string): string {
  const [first] = models;
  if (!first) return '';
  const mean = (of: (confusion: Metrics['confusion']) => number): string => {
    const texts = models.reduce((sum, { confusion }) => sum + of(confusion), 0) / models.length;
    const share = first.rows === 0 ? 0 : texts / first.rows;
    return `<td style="--share:${share.toFixed(3)}">${whole(texts)}<small>${percent(share)}</small></td>`;
  };
  const head = '<tr><th scope="col">truth</th><th scope="col">predicted negative</th><th scope="col">predicted positive</th></tr>';
  const negative = `<tr><th scope="row">negative</th>${mean(({ trueNegatives }) => trueNegatives)}${mean(({ falsePositives }) => falsePositives)}</tr>`;
  const positive = `<tr><th scope="row">positive</th>${mean(({ falseNegatives }) => falseNegatives)}${mean(({ truePositives }) => truePositives)}</tr>`;
  return `<table class="confusion"><caption>${escaped(caption)}</caption><thead>${head}</thead><tbody>${negative}${positive}</tbody></table>`;
}
