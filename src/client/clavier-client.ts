/** The module `clavier/client`: everything that a program needs to use a service. */
export type { AskAnswer, AskedTrialRepresentation, DirectiveRepresentation, SettledRepresentation } from '../api/ask.ts';
export type { ChangeRequest, ExtensionRequest } from '../api/change-request.ts';
export type { CallerRepresentation, KeyRepresentation, KeyRequest, NewKeyRepresentation, ProjectRepresentation } from '../api/key.ts';
export type { StudyRepresentation } from '../api/study.ts';
export type { StudyRequest } from '../api/study-request.ts';
export type { TrialRepresentation } from '../api/trial.ts';
export { type Client, type CreateOptions, createClient } from './client.ts';
export type { Objective, ObjectiveResult } from './evaluation.ts';
export type { KeyClient } from './keys.ts';
export { type OptimizeOptions, type OptimizeSummary, optimize } from './optimize.ts';
export { ProblemError } from './problem-error.ts';
export type { ClientOptions } from './request.ts';
export type { RetryOptions } from './retry.ts';
export type { TrialOutcome } from './settlement.ts';
export type { RunningTrial } from './trial-lease.ts';
export { TrialFailedError, TrialStoppedError } from './trial-stopped.ts';
export type { Completion, Failure, GivenTrial, HeldTrial, MeasuredValues, Report, TrialClient } from './trials.ts';
