import { isText, list, under, type Problem } from './as-written.ts';

/** Accounts elsewhere that two people share: nobody could tell who of them speaks. */
export function checkPeople(file: unknown): Problem[] {
  const people = list(under(file, 'people'));
  return (['slack', 'pagerduty'] as const).flatMap((key) => {
    const accounts = people.map((person) => under(person, key)).map((account) => (isText(account) ? account.toLowerCase() : undefined));
    return accounts.flatMap((account, index): Problem[] => {
      const first = account === undefined ? index : accounts.indexOf(account);
      if (first === index) return [];
      return [{ path: ['people', index, key], message: `is the account of ${String(under(people[first], 'subject'))} already` }];
    });
  });
}
