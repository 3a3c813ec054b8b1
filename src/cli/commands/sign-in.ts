import type { Command } from 'commander';
import { createApiCaller } from '../api-call.ts';
import { findPlaces } from '../connect.ts';
import { CliError, exitCodes } from '../exit.ts';
import { example, globals, print } from '../output.ts';
import { mustOwnToken } from '../who.ts';

/** `muster sign-in`: a link that signs a browser in, as whose token it is. */
export function registerSignIn(program: Command): void {
  program
    .command('sign-in')
    .description('print a link that signs a browser in as you, once')
    .addHelpText('after', example('muster sign-in', 'muster sign-in --as ana', 'MUSTER_API=https://muster.example.com muster sign-in'))
    .action(async (_options: object, command: Command) => {
      const options = globals(command);
      const { api, token, env } = findPlaces(options);
      if (api === undefined)
        throw new CliError('no Muster runs here: start one with ./muster up, or set MUSTER_API and MUSTER_TOKEN', exitCodes.usage);
      const caller = createApiCaller({ url: api, token });
      const subject = options.as ?? env['MUSTER_AS'];
      if (subject !== undefined) await mustOwnToken(caller, subject);
      const { answer } = await caller.post('/api/sign-in-links', {}, crypto.randomUUID());
      const { path, until } = answer as { path: string; until: string };
      const link = new URL(path, api).href;
      print(options, { link, until }, () => link);
      if (options.output !== 'json') process.stderr.write(`It works once, until ${until}.\n`);
    });
}
