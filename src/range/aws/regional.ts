import type { RegionName } from '../contract.ts';
import { Refusal } from './answers.ts';
import { awsRegions, type Call } from './call.ts';

/** Region that a regional call is made in; refuses on the global endpoint, where nothing regional is. */
export function regional(call: Call): RegionName {
  if (call.place !== 'global') return call.place;
  throw new Refusal('InvalidParameterValue', `The practice estate has no ${call.service} in ${awsRegions.global}.`);
}
