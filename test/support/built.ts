import { join } from 'node:path';
import { checkout } from '../chaos/checkout.ts';

/**
 * Path of a module of src/ as plain JavaScript, for a separate process or thread, because Node 20 does not run TypeScript.
 *
 * @param module its path within src/, e.g. `store/embedded/start.ts`
 */
export function builtFile(module: string): string {
  return join(checkout, 'dist', module.replace(/\.ts$/, '.js'));
}
