/** Who asks for an exercise that the calendar begins: no person, and nobody may be called so. */
export const theCalendar = 'the-calendar';
