import { counted } from '../../shared/counted.ts';
import type { SwarmOptions } from './options.ts';

/** Names the size, the movement and the topology. */
export function describeSwarm({ particles, movement, topology, neighbours }: SwarmOptions): string {
  const moved = movement.kind === 'inertia' ? `inertia ${movement.inertia}` : `constriction, φ = ${movement.own + movement.informants}`;
  const informed = topology === 'global' ? 'global' : `ring with ${counted(neighbours, 'neighbour')} on each side`;
  return `particle swarm: ${counted(particles, 'particle')}, ${moved}, ${informed}`;
}
