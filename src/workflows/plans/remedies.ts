/** What can be done about an incident; the environment says which of these need no approval. */
export const remedies = [
  ...(['restart', 'replace', 'limit', 'scale', 'roll-back', 'end-sessions'] as const),
  ...(['isolate', 'clean-up', 'drain', 'relieve', 'register', 'replay', 'renew'] as const),
] as const;

export type Remedy = (typeof remedies)[number];
