// Builds the console for browsers into dist/console. Plain JavaScript, because the compiler calls it when nothing is compiled yet.
import { join } from 'node:path';

/** What the console is made of, below src; when one of these files changes it is built anew. */
export const consoleRooms = ['src/console', 'src/words'];

/** Writes dist/console: index.html, and in assets/ files whose names change with what they hold. Throws what does not compile. */
export async function buildConsole(clone) {
  const [{ build }, { default: react }] = await Promise.all([import('vite'), import('@vitejs/plugin-react')]);
  await build({
    root: join(clone, 'src/console'),
    configFile: false,
    envDir: false,
    logLevel: 'warn',
    publicDir: false,
    plugins: [react()],
    build: {
      outDir: join(clone, 'dist/console'),
      emptyOutDir: true,
      target: 'es2022',
      // Those that know light-dark(), which would else be rewritten.
      cssTarget: ['chrome123', 'firefox120', 'safari17.5'],
      modulePreload: { polyfill: false },
      reportCompressedSize: false,
      // A picture inside a style would need a wider policy.
      assetsInlineLimit: 0,
      chunkSizeWarningLimit: 1_000,
    },
  });
}
