import { type FloatParameter, finestLogSteps, type IntParameter } from '../space/schema.ts';
import { cardinality, valueAt } from '../space/unit-cube.ts';

/** A linear range that spans this factor or more may be one of magnitudes, such as a learning rate. */
const wideRange = 30;
/** Of the logarithms: 0.1 to 3 is as wide as 1 to 30. */
const rounding = 1e-9;
/** Beyond this many powers of e, a range is no matter of a scale, and a warp of it would overflow. */
const widestLogRange = 300;

/** ln(high / low) of the rounding intervals at both ends, if the range is wide and its scale is linear; else 0. */
export function guessedLogRange(parameter: FloatParameter | IntParameter): number {
  const { scale, low, high, step = 0 } = parameter;
  if (scale === 'log' || low <= step / 2 || (step > 0 && high / step > finestLogSteps)) return 0;
  const count = cardinality(parameter);
  const last = Number.isFinite(count) ? Number(valueAt(parameter, count - 1)) : high;
  const logRange = Math.log(last + step / 2) - Math.log(low - step / 2);
  return logRange >= Math.log(wideRange) - rounding && logRange <= widestLogRange ? logRange : 0;
}
