import * as Plot from '@observablehq/plot';
import { seriesOf } from '../../src/report/series.ts';
import { svgFileStyle } from '../../src/report/style.ts';
import { svgOf } from '../../src/report/svg.ts';
import { valueAxis } from '../../src/report/value-axis.ts';
import { bySampler, type Effort, efforts, meanCurve, type Point } from './curves.ts';
import type { Run } from './results.ts';
import type { SamplerName } from './searches.ts';

/** CSS pixels. */
const [width, height, marginRight] = [580, 400, 84];
/** Smallest distance of two labels, as a share of the axis. */
const labelDistance = 0.05;

interface Line {
  readonly sampler: SamplerName;
  readonly index: number;
  readonly points: readonly Point[];
  readonly end: Point;
}

/** Draws both curves side by side, in one SVG file that needs no page around it. */
export function plotFile(runs: readonly Run[]): string {
  const panels = Object.entries(efforts).map(([id, effort], place) =>
    panel(runs, id, effort).replace('<svg ', `<svg x="${place * width}" `),
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${2 * width}" height="${height}" viewBox="0 0 ${2 * width} ${height}"><title>Best validation accuracy of each sampler against trials, and against trained epochs</title><style>${svgFileStyle}</style><rect width="100%" height="100%" fill="#fff"/>${panels.join('')}</svg>\n`;
}

function panel(runs: readonly Run[], id: string, effort: Effort): string {
  const lines = bySampler(runs).flatMap(({ sampler, index, runs: own }): Line[] => {
    const points = meanCurve(own, effort);
    const end = points.at(-1);
    return end ? [{ sampler, index, points, end }] : [];
  });
  const y = valueAxis({
    values: lines.flatMap(({ points }) => points.map(({ accuracy }) => accuracy)),
    label: 'best validation accuracy',
    place: 'left',
    length: height - 72,
  });
  const last = Math.max(...lines.map(({ end }) => end.effort));
  return svgOf(
    {
      id,
      title: `Best validation accuracy against ${effort.name}`,
      description: lines.map(({ sampler, end }) => `${sampler}: ${end.accuracy.toFixed(3)} after ${end.effort} ${effort.name}`).join('; '),
    },
    {
      width,
      height,
      marginLeft: Math.max(56, y.margin),
      marginRight,
      marginTop: 30,
      marginBottom: 42,
      x: { domain: [0, last], label: effort.name },
      y: y.scale,
      marks: [
        ...lines.map(({ points, index }) =>
          Plot.line(points, { x: 'effort', y: 'accuracy', curve: 'step-after', strokeWidth: 2, ...seriesOf(index) }),
        ),
        ...labelPlaces(lines, y.scale.domain).flatMap(({ line, accuracy }) => {
          const { stroke } = seriesOf(line.index);
          const label = { effort: 1.02 * last, accuracy };
          return [
            Plot.line([line.end, label], { x: 'effort', y: 'accuracy', stroke, strokeWidth: 0.5 }),
            Plot.text([label], { x: 'effort', y: 'accuracy', text: () => line.sampler, textAnchor: 'start', dx: 3, fill: stroke }),
          ];
        }),
      ],
    },
  );
}

/** Places the names beside the ends of their lines, moved down where these are close. */
function labelPlaces(lines: readonly Line[], domain: unknown): { line: Line; accuracy: number }[] {
  const [low, high] = domain as [number, number]; // of a linear axis
  const distance = labelDistance * (high - low);
  const falling = lines.toSorted((a, b) => b.end.accuracy - a.end.accuracy);
  const places: { line: Line; accuracy: number }[] = [];
  for (const line of falling)
    places.push({ line, accuracy: Math.min(line.end.accuracy, (places.at(-1)?.accuracy ?? high + distance) - distance) });
  return places;
}
