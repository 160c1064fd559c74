import type { AskedTrialRepresentation } from '../api/ask.ts';
import { UsageError } from './exit-codes.ts';

type Parameters = AskedTrialRepresentation['parameters'];

/** An argument, in pieces: text, or the parameter whose value replaces it. */
type Piece = string | { readonly parameter: string };

/** The command of a worker, with places for the parameters of a trial. */
export interface CommandTemplate {
  /** The program, if no parameter is part of it. */
  readonly program: string | null;
  /** Returns the command with the values of a trial. A parameter that the trial does not have, because its condition is not met, is empty. */
  readonly fill: (parameters: Parameters) => readonly string[];
}

/** A placeholder, an escaped brace, or a brace that is neither. */
const tokens = /\{\{|\}\}|\{([^{}]*)\}|[{}]/g;

/** Parses the arguments of a command. @throws UsageError if a placeholder is not a parameter of the study, or a brace is not part of one */
export function commandTemplate(command: readonly string[], parameterNames: readonly string[]): CommandTemplate {
  const template = command.map((argument) => piecesOf(argument, parameterNames));
  const [program = []] = template;
  return {
    program: program.every((piece) => typeof piece === 'string') ? program.join('') : null,
    fill: (parameters) =>
      template.map((pieces) =>
        pieces.map((piece) => (typeof piece === 'string' ? piece : String(parameters[piece.parameter] ?? ''))).join(''),
      ),
  };
}

function piecesOf(argument: string, parameterNames: readonly string[]): Piece[] {
  const pieces: Piece[] = [];
  let end = 0;
  for (const match of argument.matchAll(tokens)) {
    const [token, parameter] = match;
    pieces.push(argument.slice(end, match.index));
    end = match.index + token.length;
    if (token === '{{' || token === '}}') pieces.push(token.charAt(0));
    else if (parameter === undefined)
      throw new UsageError(`the argument ${argument} has a single ${token}: write ${token}${token} for a brace`);
    else if (parameterNames.includes(parameter)) pieces.push({ parameter });
    else {
      const known = parameterNames.map((name) => `{${name}}`).join(', ');
      throw new UsageError(`{${parameter}} in the command is not a parameter of the study, which has ${known}; write {{ and }} for braces`);
    }
  }
  return [...pieces, argument.slice(end)];
}
