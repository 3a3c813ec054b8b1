import { asFailure, type HostPlace } from '../kit/index.ts';
import { hostCommands } from './commands.ts';
import { ssh, sshUnless } from './ssh.ts';

export interface PremisesSeen {
  /** Environment files of the unit with the names that they set, never a value; null when Muster may not look inside. */
  settings: { path: string; there: boolean; names: string[] | null }[];
  program: string | null;
  user: string | null;
  folder: string | null;
  /** What is missing, in words; empty when all is there. */
  problems: string[];
}

const properties = ['LoadState', 'EnvironmentFiles', 'User', 'WorkingDirectory', 'ExecStart', 'ConditionResult'];

/** What a unit needs before it can start. Source: observer-coordinator "Application Won't Start". */
export async function readPremisesOf(host: HostPlace): Promise<PremisesSeen> {
  const { stdout } = await ssh(host, hostCommands.show(host.unit, properties));
  const values = (name: string) => stdout.split('\n').flatMap((line) => (line.startsWith(`${name}=`) ? [line.slice(name.length + 1)] : []));
  const value = (name: string) => values(name)[0] || null;
  const files = values('EnvironmentFiles').flatMap((line) => {
    const [, path, optional] = /^(\/.*) \(ignore_errors=(yes|no)\)$/.exec(line) ?? [];
    return path === undefined ? [] : [{ path, optional: optional === 'yes' }];
  });
  // systemd tells it as `{ path=/usr/bin/app ; argv[]=… }`; the arguments stay there, because they may hold secrets.
  const program = /\{ path=(\/[^;]*?) ;/.exec(value('ExecStart') ?? '')?.[1] ?? null;
  const folder = value('WorkingDirectory')?.replace(/^!/, '') ?? null;
  const user = value('User');
  const [settings, hasProgram, hasFolder, hasUser] = await Promise.all([
    Promise.all(files.map(({ path }) => readSettings(host, path))),
    program === null || isThere(host, hostCommands.isProgram(program)),
    folder === null || !folder.startsWith('/') || isThere(host, hostCommands.isFolder(folder)),
    user === null || isThere(host, hostCommands.userId(user)),
  ]);
  const loaded = value('LoadState');
  const problems = [
    ...(loaded === 'loaded' ? [] : [`systemd says of ${host.unit}: ${loaded}`]),
    ...settings.filter(({ there }, index) => !there && !files[index]!.optional).map(({ path }) => `the settings in ${path} are missing`),
    ...(hasProgram ? [] : [`the program ${program} is missing, or may not be run`]),
    ...(hasFolder ? [] : [`the folder ${folder} is missing`]),
    ...(hasUser ? [] : [`there is no user ${user}`]),
  ];
  return { settings, program, user, folder, problems };
}

async function readSettings(host: HostPlace, path: string): Promise<PremisesSeen['settings'][number]> {
  if (!(await isThere(host, hostCommands.file(path)))) return { path, there: false, names: null };
  try {
    const found = await sshUnless(host, hostCommands.settingNames(path), [1]);
    return {
      path,
      there: true,
      names: (found?.stdout ?? '').split('\n').flatMap((line) => (line.endsWith('=') ? [line.slice(0, -1)] : [])),
    };
  } catch (error) {
    if (asFailure(error, 'read').message.includes('sudo: ')) return { path, there: true, names: null };
    throw error;
  }
}

const isThere = async (host: HostPlace, command: Parameters<typeof ssh>[1]): Promise<boolean> =>
  (await sshUnless(host, command, [1, 2])) !== undefined;
