import { cpus } from 'node:os';

/**
 * The class of processors that give the same bits: architecture and vector extensions decide which kernels a numerical
 * library picks. The model name stands for the extensions, which Node does not tell.
 */
export function processorClass(): string {
  return `${process.platform}-${process.arch} ${cpus()[0]?.model.trim() ?? 'unknown'}`;
}
