import type { Parameter, ParameterValue } from './schema.ts';

/** Most characters of the list of a categorical parameter's choices. */
const listedCharacters = 200;

/** Says that a value is none of a parameter, and which ones are. */
export function noValueText(parameter: Parameter, value: ParameterValue): string {
  return `${JSON.stringify(value)} is not a value of ${parameter.name}: ${allowedText(parameter)}`;
}

function allowedText(parameter: Parameter): string {
  if (parameter.type === 'categorical') {
    const choices = parameter.choices.map((choice) => JSON.stringify(choice)).join(', ');
    return `it must be one of ${choices.length > listedCharacters ? `its ${parameter.choices.length} choices` : choices}`;
  }
  const { type, low, high, step } = parameter;
  const steps = step === undefined || (type === 'int' && step === 1) ? '' : ` in steps of ${step} from ${low}`;
  return `it must be a ${type === 'int' ? 'whole number' : 'number'} from ${low} to ${high}${steps}`;
}
