/** What is wrong with an answer, in the words of a person; undefined when nothing is. */
type Check = (answer: string) => string | undefined;

const must =
  (pattern: RegExp, says: string): Check =>
  (answer) =>
    pattern.test(answer) ? undefined : says;

/** Nothing, or what the check takes. */
export const orNothing =
  (check: Check): Check =>
  (answer) =>
    answer === '' ? undefined : check(answer);

export const isName = must(/^[a-z][a-z0-9-]{0,62}$/, 'use small letters, digits and dashes');
export const isSomething = must(/\S/, 'say something');
export const isCount = must(/^[1-9]\d{0,5}$/, 'use a whole number from 1 on');
export const isDuration = must(/^\d+(\.\d+)?(s|m|h|d)$/, 'use a duration such as 15s, 2m, 1h');
export const isPath = must(/^\/[^\s]*$/, 'use a path that begins with "/"');
export const isUnit = must(/^[A-Za-z0-9][A-Za-z0-9:_.@\\-]*\.service$/, 'use the name of a service unit, e.g. app.service');
export const isUser = must(/^[a-z_][a-z0-9_-]{0,31}$/, 'use a name of a user');
export const isProject = must(/^[a-z0-9][a-z0-9_-]{0,62}$/, 'use a project name as docker compose has it: small letters, digits, dashes');
/** A secret stands nowhere in the file: this is where it is to be found. */
export const isReference = must(/^(env|file):./, 'a secret must be a reference: env:NAME or file:PATH');

/** An address without a password in it, or a reference to one. */
export const isUrl: Check = (answer) => {
  if (/^(env|file):./.test(answer)) return undefined;
  if (!/^https?:\/\/[^\s/]/.test(answer)) return 'use https://… or a reference: env:NAME';
  return /^https?:\/\/[^/]*@/.test(answer) ? 'a password belongs into a reference, not into the address' : undefined;
};

/** `east, west=us-west-2`: regions with AWS's names of them. */
export const areRegions: Check = (answer) => {
  const wrong = regionsIn(answer).find(
    ({ name, aws }) => isName(name) !== undefined || (aws !== undefined && !/^[a-z]+(-[a-z]+)+-\d$/.test(aws)),
  );
  return wrong === undefined && answer !== ''
    ? undefined
    : 'use names, each with its region of AWS where it has one: east=us-east-1,west=us-west-2';
};
export const regionsIn = (answer: string): { name: string; aws: string | undefined }[] =>
  namesIn(answer).map((part) => ({ name: part.split('=')[0]!, aws: part.split('=')[1] }));

export const areNames: Check = (answer) =>
  namesIn(answer)
    .map(isName)
    .find((problem) => problem !== undefined) ?? isSomething(answer);
export const namesIn = (answer: string): string[] => answer.split(',').flatMap((part) => part.trim() || []);
