import { cp, stat } from 'node:fs/promises';

/** Copies what the compiler leaves behind: pages, styles, shell scripts. */
export async function copyAssets(from: string, to: string): Promise<void> {
  const isAsset = async (path: string) => (await stat(path)).isDirectory() || !path.endsWith('.ts');
  await cp(from, to, { recursive: true, filter: isAsset });
}
