import { chmod, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { PostgresPrograms } from './postgres-programs.ts';

/** Extensions that RDS lets the owner of an instance install and use, though PostgreSQL itself keeps them for superusers. */
const offered = ['amcheck'];

/** Makes a folder for PostgreSQL's `extension_control_path` whose extensions a database's owner may install, as on RDS; answers that path. */
export async function offerExtensions(home: string, { postgres }: PostgresPrograms): Promise<string> {
  const packaged = join(dirname(dirname(postgres)), 'share', 'postgresql', 'extension');
  const path = join(home, 'extensions');
  // PostgreSQL looks in a folder of this name under each entry of its path.
  const folder = join(path, 'extension');
  await mkdir(folder, { recursive: true });
  for (const made of [path, folder]) await chmod(made, 0o755);
  const files = await readdir(packaged);
  for (const name of offered) {
    const control = await readFile(join(packaged, `${name}.control`), 'utf8');
    const version = /^default_version = '(.+)'$/m.exec(control)![1]!;
    for (const script of files.filter((file) => file.startsWith(`${name}--`))) await symlink(join(packaged, script), join(folder, script));
    await give(
      join(folder, `${name}.control`),
      `${control.replace(/^default_version.*$/m, `default_version = '${version}.rds'`)}trusted = true\n`,
    );
    await give(join(folder, `${name}--${version}--${version}.rds.sql`), grant(name));
  }
  return path;
}

/** The script runs as superuser; `@extowner@` is who asked for the extension. */
const grant = (name: string): string => `DO $$
DECLARE made record;
BEGIN
  FOR made IN SELECT objid::regprocedure AS signature FROM pg_depend JOIN pg_extension e ON e.oid = refobjid
    WHERE classid = 'pg_proc'::regclass AND refclassid = 'pg_extension'::regclass AND deptype = 'e' AND extname = '${name}'
  LOOP
    EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO %I', made.signature, '@extowner@');
  END LOOP;
END $$;
`;

async function give(file: string, text: string): Promise<void> {
  await writeFile(file, text);
  await chmod(file, 0o644);
}
