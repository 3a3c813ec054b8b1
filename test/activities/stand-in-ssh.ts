import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { parseEnvironment, type Environment } from '../../src/config/environment.ts';
import { standInProgram } from './stand-in-program.ts';

// Keeps its arguments, one call a line; answers what the first rule says whose words are in the command for the host.
const program = `#!/bin/sh
folder=FOLDER
for word; do printf '%s\\037' "$word"; last=$word; done >>"$folder/calls"
for word; do last=$word; done
echo >>"$folder/calls"
cat >"$folder/input" </dev/stdin
for rule in "$folder"/rules/*; do
  [ -d "$rule" ] || continue
  case $last in *"$(cat "$rule/words")"*) cat "$rule/out"; cat "$rule/err" >&2; exit "$(cat "$rule/code")" ;; esac
done
exit 0
`;

export interface Answer {
  out?: string;
  err?: string;
  code?: number;
}

export interface StandInSsh {
  /** Arguments of every call since the last reset. */
  calls(): string[][];
  /** What the last call got as its standard input. */
  input(): string;
  /** Answers to commands that hold these words, e.g. `'systemctl' 'show'`; the first that fits. */
  answers(rules: Record<string, Answer>): void;
  remove(): void;
}

/** Puts a program first on the PATH that is called ssh and reaches nobody. */
export function standInSsh(): StandInSsh {
  const { folder, remove } = standInProgram('ssh', (own) => program.replace('FOLDER', own));
  const answers = (rules: Record<string, Answer>) => {
    rmSync(join(folder, 'rules'), { recursive: true, force: true });
    writeFileSync(join(folder, 'calls'), '');
    Object.entries(rules).forEach(([words, { out = '', err = '', code = 0 }], index) => {
      const rule = join(folder, 'rules', String(100 + index));
      mkdirSync(rule, { recursive: true });
      for (const [name, text] of Object.entries({ words, out, err, code: String(code) })) writeFileSync(join(rule, name), text);
    });
  };
  answers({});
  return {
    answers,
    calls: () =>
      readFileSync(join(folder, 'calls'), 'utf8')
        .split('\n')
        .filter(Boolean)
        .map((line) => line.split('\u001f').slice(0, -1)),
    input: () => readFileSync(join(folder, 'input'), 'utf8'),
    remove,
  };
}

type Written = Record<string, unknown> & { services: Record<string, { regions: Record<string, Record<string, unknown>> }> };

/** The range's environment whose shop runs in the east on a host. Throws what the schema says of it. */
export function environmentOnHost(host: object, archive = '/nowhere'): Environment {
  const written = parse(readFileSync('environments/range.yaml', 'utf8')) as Written;
  written.services['shop']!.regions['east']!['host'] = host;
  return parseEnvironment(stringify({ ...written, archive: { folder: archive } }), 'on-host.yaml');
}
