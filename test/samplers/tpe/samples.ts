import type { Axis } from '../../../src/samplers/tpe/axis.ts';
import { Column } from '../../../src/samplers/tpe/column.ts';
import type { RankedSample } from '../../../src/samplers/tpe/samples.ts';

/** Trials at these coordinates, a list for each axis, the best first. */
export function sampleAt(axes: readonly Axis[], coordinates: readonly (readonly number[])[]): RankedSample {
  const columns = axes.map((axis, place) => {
    const column = new Column(axis);
    for (const [trial, coordinate] of (coordinates[place] ?? []).entries()) column.put(trial, coordinate);
    return column;
  });
  const trials = Uint32Array.from(coordinates[0] ?? [], (_, trial) => trial);
  return { trials, columns, ranks: trials };
}
