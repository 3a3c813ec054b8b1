import type { Person } from '../workflows/messages.ts';

/** Who asks for an exercise that the calendar begins: no person, and nobody may be called so. */
export const theCalendar = 'the-calendar';

/** A person without what proves who they are. */
export const withoutTokens = ({ subject, name, roles, duties }: Person): Person => ({ subject, name, roles, duties });
