import { parseArgs } from 'node:util';
import { wholeNumber, wholeNumbers } from '../support/whole-number.ts';

const help = `usage: npm run bench:memory [-- options]

  --samplers A,B        types of samplers (gp,tpe,quasi-random,random,cma-es,swarm,genetic,nsga2)
  --observations A,B    numbers of observations (20,70,300,1000,5000)
  --suggestions N       suggestions after that many observations (30)
  --processes N         processes for each measurement; the median is printed (3)
`;

/** Options of the measurement. */
export interface MemoryOptions {
  /** Types of samplers. */
  readonly samplers: readonly string[];
  readonly observations: readonly number[];
  readonly suggestions: number;
  readonly processes: number;
}

/** Parses the command line; returns the help text if it asks for help. @throws Error when it is invalid */
export function readOptions(args: readonly string[]): MemoryOptions | string {
  const { values } = parseArgs({
    args: [...args],
    options: {
      samplers: { type: 'string', default: 'gp,tpe,quasi-random,random,cma-es,swarm,genetic,nsga2' },
      observations: { type: 'string', default: '20,70,300,1000,5000' },
      suggestions: { type: 'string', default: '30' },
      processes: { type: 'string', default: '3' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return help;
  return {
    samplers: values.samplers.split(','),
    observations: wholeNumbers('observations', values.observations, 1),
    suggestions: wholeNumber('suggestions', values.suggestions, 1),
    processes: wholeNumber('processes', values.processes, 1),
  };
}
