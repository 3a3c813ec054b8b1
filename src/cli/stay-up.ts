import type { GlobalOptions } from './connect.ts';
import { exitCodes, Interrupted } from './exit.ts';
import { print } from './output.ts';
import { removeSession, writeSession } from './session.ts';
import { startStack, type Stack, type StackOptions } from './stack.ts';

/** Brings a stack up for as long as `use` takes. `asked` aborts when somebody asks us to end; nothing is left running, however it ends. */
export async function withStack<T>(options: StackOptions, use: (stack: Stack, asked: AbortSignal) => Promise<T>): Promise<T> {
  const asked = askedToEnd();
  const stack = await startStack(options);
  try {
    if (asked.aborted) throw new Interrupted('ended before everything was up');
    return await use(stack, asked);
  } finally {
    await stack.stop();
  }
}

/** Aborts at the first signal that asks this process to end; a second one ends it at once, and the tethers end the rest. */
function askedToEnd(): AbortSignal {
  const asked = new AbortController();
  const end = () => {
    if (asked.signal.aborted) process.exit(exitCodes.failed);
    process.stderr.write('\nEnding …\n');
    asked.abort();
  };
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, end);
  return asked.signal;
}

/** Resolves when the signal aborts. */
export function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

/** Tells people and the other commands where everything is; the session goes when this process ends. */
export function announceStack(stack: Stack, home: string, options: Pick<GlobalOptions, 'output'>, howItEnds: string): void {
  const { addresses, environmentFile, archive, tokens } = stack;
  const { api, temporal, namespace, ui, control, signIn } = addresses;
  writeSession(home, {
    ...{ pid: process.pid, api, environmentFile, archive, tokens },
    temporal: { address: temporal, namespace, ...(ui ? { ui } : {}) },
    ...(control ? { range: { control } } : {}),
    ...(tokens['you'] ? { token: tokens['you'] } : {}),
  });
  process.once('exit', () => removeSession(home));
  print(options, addresses, () =>
    [
      '',
      `Sign in     ${signIn}   (once, within 15 minutes, on this machine)`,
      `API         ${api}`,
      `Temporal    ${temporal}, namespace ${namespace}${ui ? `, screens at ${ui}` : ''}`,
      ...(control ? [`Range       ${control}   (muster range status|break|heal)`] : []),
      `Reports     ${archive}`,
      ...(control ? ['', ...practice] : []),
      '',
      howItEnds,
    ].join('\n'),
  );
}

const practice = [
  'In another terminal:',
  '  ./muster range break lose-region --region east',
  '  ./muster start fail-over-region --as sam --input service=shop from=east to=west --reason "east is lost" --follow',
  '  ./muster approve RUN --as ana',
];
