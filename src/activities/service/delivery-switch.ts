import type { PredictedCall } from '../kit/index.ts';

export interface DeliveryState {
  paused: boolean;
  /** Release that it would bring out, when it says so. */
  wanted: string | null;
}

/** One way to hold a delivery. `set` acts towards a state, it never toggles. */
export interface DeliverySwitch {
  name: string;
  read(): Promise<DeliveryState>;
  predict(paused: boolean): PredictedCall;
  set(paused: boolean): Promise<void>;
}
