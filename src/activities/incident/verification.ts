import type { Environment } from '../../config/environment.ts';
import { read } from '../kit/index.ts';
import { verdictOn, type LineAsked, type LineVerdict } from './checklist.ts';

/** The lines of an incident's verification, each looked up where the environment says. */
export function incidentVerificationActivities(environment: Environment) {
  return {
    /** One reading; what cannot be read is `unknown`, for a person to attest. Source: the runbooks' "Verification Checklist". */
    verifyLine: read((asked: LineAsked): Promise<LineVerdict> => verdictOn(environment, asked)),
  };
}
