import { assembleRange, type Range, type RangeOptions } from './assemble.ts';
import { startGateway } from './aws/gateway.ts';

export type { Range, RangeOptions } from './assemble.ts';

/** Starts a whole practice estate on loopback; its processes cannot outlive ours. */
export function startRange(options: RangeOptions): Promise<Range> {
  return assembleRange(options, startGateway);
}
