/** Formats a duration: `8 s`, `3 min 20 s`, `2 h 5 min`. */
export function durationText(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

/** Text of an estimated time left, no more exact than an estimate is: `about 40 s left`, `about 4 min left`, `about 2 h 5 min left`. */
export function timeLeftText(seconds: number): string {
  const minutes = Math.round(seconds / 60);
  if (seconds < 60) return `about ${Math.round(seconds)} s left`;
  if (minutes < 60) return `about ${minutes} min left`;
  return `about ${Math.floor(minutes / 60)} h ${minutes % 60} min left`;
}

const units = [
  { name: 'h', seconds: 3600 },
  { name: 'min', seconds: 60 },
  { name: 's', seconds: 1 },
];

/** Text of a range of times in the greatest unit of which it has at least one: `3 – 12 s`, `0.8 – 2.4 min`, `96 – 210 h`. */
export function timeRangeText({ low, high }: { readonly low: number; readonly high: number }): string {
  const unit = units.find(({ seconds }) => high >= seconds) ?? { name: 's', seconds: 1 };
  const number = (value: number): string => String(value < 10 ? Number(value.toPrecision(2)) : Math.round(value));
  const [from, to] = [number(low / unit.seconds), number(high / unit.seconds)];
  return `${from === to ? to : `${from} – ${to}`} ${unit.name}`;
}

/**
 * Measures a rate within a sliding window, because early steps say little about late ones.
 *
 * @param windowSeconds length of the window
 */
export class RateEstimate {
  readonly #windowSeconds: number;
  #samples: { readonly seconds: number; readonly done: number }[] = [];

  constructor(windowSeconds: number) {
    this.#windowSeconds = windowSeconds;
  }

  /** Adds a sample: `done` units were done at a time of a monotonic clock. */
  add(seconds: number, done: number): void {
    this.#samples.push({ seconds, done });
    while (this.#samples.length > 2 && seconds - (this.#samples[1]?.seconds ?? seconds) > this.#windowSeconds) this.#samples.shift();
  }

  /** Returns units per second over the window; null until two samples differ in time. */
  perSecond(): number | null {
    const [first, last] = [this.#samples[0], this.#samples.at(-1)];
    if (!first || !last || last.seconds <= first.seconds) return null;
    return (last.done - first.done) / (last.seconds - first.seconds);
  }
}
