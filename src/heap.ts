import { setFlagsFromString } from 'node:v8';

/** Growth of the heap beyond what was alive at the last collection, in percent, at which the next one begins. */
const growthPercent = 50;

/**
 * Collects garbage before the heap is half as large again as what is alive; V8's own rule lets it become several times as large where
 * the machine has much memory. Requests leave much garbage and little that lasts, so this costs little. No limit: a large import may
 * still use what it needs.
 */
export function keepHeapSmall(): void {
  setFlagsFromString(`--heap-growing-percent=${growthPercent}`);
}
