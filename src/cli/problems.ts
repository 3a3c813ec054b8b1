import { exitCodes, RefusedError } from './exit.ts';

/** What an API's problem document and a RunProblem have in common. */
export interface Refusal {
  status: number;
  code: string;
  detail: string;
  fields?: { pointer: string; detail: string }[] | undefined;
  holder?: string | undefined;
}

/** The refusal as one sentence and an exit code: wrong input is 2, a refusal 3, everything else 1. */
export function refusalError({ status, code, detail, fields = [], holder }: Refusal): RefusedError {
  const unsaid = fields.filter((field) => !detail.includes(field.pointer)).map((field) => `\n  ${field.pointer}: ${field.detail}`);
  const who = holder === undefined || detail.includes(holder) ? '' : ` (held by ${holder})`;
  return new RefusedError(code, `${code}: ${detail}${who}${unsaid.join('')}`, exitCodeOf(status));
}

function exitCodeOf(status: number) {
  if ([400, 413, 415, 422].includes(status)) return exitCodes.usage;
  return status < 500 ? exitCodes.refused : exitCodes.failed;
}
