import { cpus } from 'node:os';

/**
 * Returns the class of processors that give the same bits: a numerical library picks its kernels by architecture and vector
 * extensions. The model name stands for the extensions, which Node does not report.
 */
export function processorClass(): string {
  return `${process.platform}-${process.arch} ${cpus()[0]?.model.trim() ?? 'unknown'}`;
}
