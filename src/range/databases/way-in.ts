import type { Socket } from 'node:net';
import type { GreyWay } from '../contract.ts';
import { ailing } from '../net/grey.ts';
import { delayOf } from './delays.ts';
import { createLagProxy } from './lag-proxy.ts';

/** The way on which somebody outside of a region reaches a database of it. */
export interface WayIn {
  readonly port: number;
  open(): Promise<void>;
  /** Refuses new connections and cuts the open ones. */
  cut(): Promise<void>;
  /** How the region ails; undefined when it is well. */
  setGrey(how: GreyWay | undefined): void;
}

/** Reserves a port that leads to whatever `target` says at the time of the connection. */
export async function createWayIn(target: () => number | undefined): Promise<WayIn> {
  const ails = ailing();
  let grey: GreyWay | undefined;
  const { setLag, ...proxy } = await createLagProxy(target, (visitor) => (grey === 'errors' && ails() ? turnAway(visitor) : undefined));
  return {
    ...proxy,
    setGrey: (how) => {
      grey = how;
      setLag(delayOf(how));
    },
  };
}

/** Says in PostgreSQL's own words that no connection is left. */
function turnAway(visitor: Socket): 'turned away' {
  visitor.on('error', () => undefined).once('data', () => visitor.end(noConnectionLeft));
  return 'turned away';
}

const fields = ['SFATAL', 'VFATAL', 'C53300', 'Msorry, too many clients already'].map((field) => `${field}\0`).join('');
const noConnectionLeft = (() => {
  const message = Buffer.from(`E____${fields}\0`);
  message.writeInt32BE(message.length - 1, 1);
  return message;
})();
