/** What a service runs on, as whoever looks after it meets it. */
export type CarePlatform = 'kubernetes' | 'compose' | 'systemd' | 'autoscaling';
