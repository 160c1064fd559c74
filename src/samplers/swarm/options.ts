import { z } from 'zod';
import { describedEnum } from '../../shared/described-enum.ts';

const inertiaSchema = z
  .strictObject({
    kind: z.literal('inertia'),
    inertia: z.number().min(0).max(1).default(0.5).describe('w: share of the velocity that a particle keeps.'),
    own: z.number().min(0).max(4).default(1.5).describe('c₁: pull to the best position of the particle itself.'),
    informants: z.number().min(0).max(4).default(1.5).describe('c₂: pull to the best position among its informants.'),
  })
  .meta({ id: 'InertiaMovement', description: 'Velocities with an inertia weight (Shi and Eberhart, 1998).' });

const constrictionSchema = z
  .strictObject({
    kind: z.literal('constriction'),
    own: z.number().min(0).max(8).default(2.05).describe('φ₁: pull to the best position of the particle itself.'),
    informants: z.number().min(0).max(8).default(2.05).describe('φ₂: pull to the best position among its informants.'),
  })
  .superRefine(({ own, informants }, context) => {
    if (own + informants > 4) return;
    const message = `own + informants must be above 4, got ${own + informants}: below, nothing makes the particles settle`;
    context.addIssue({ code: 'custom', path: ['own'], message });
  })
  .meta({
    id: 'ConstrictionMovement',
    description: 'Velocities with the constriction factor χ, which follows from φ₁ + φ₂ > 4 (Clerc and Kennedy, 2002).',
  });

const movementSchema = z
  .discriminatedUnion('kind', [inertiaSchema, constrictionSchema])
  .meta({ id: 'SwarmMovement', description: 'The rule by which the velocities of particles change.' });

export const swarmOptionsSchema = z
  .strictObject({
    type: z.literal('swarm'),
    particles: z.int().min(2).max(200).default(8).describe('Particles; each is evaluated once in a generation.'),
    movement: movementSchema.prefault({ kind: 'inertia' }),
    topology: describedEnum(
      ['ring', 'global'],
      {
        ring: 'the particle, and its neighbours on both sides of a ring.',
        global: 'all particles. The swarm settles sooner, which suits short searches.',
      },
      'The informants of a particle.',
    ).default('ring'),
    neighbours: z.int().min(1).max(100).default(2).describe('Informants on each side of a particle where the topology is ring.'),
    maxVelocity: z
      .number()
      .min(0.01)
      .max(1)
      .default(0.3)
      .describe('Largest move of a particle along one parameter, as a share of its range.'),
    mutation: z.number().min(0).max(1).default(0.1).describe('Chance that a categorical parameter takes a random choice instead.'),
  })
  .meta({
    id: 'SwarmSampler',
    description:
      'Particle swarm optimisation: particles move through the search space, drawn to the best positions that they and their informants found.',
  });

export type SwarmOptions = z.output<typeof swarmOptionsSchema>;
