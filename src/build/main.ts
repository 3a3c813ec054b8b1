import { join } from 'node:path';
import { cloneFolder } from '../config/tools.ts';
import { copyAssets } from './assets.ts';
import { bundleWorkflows } from './bundle.ts';

// The second half of `npm run build`; the first is the compiler's.
const dist = join(cloneFolder, 'dist');
await copyAssets(join(cloneFolder, 'src'), dist);
await bundleWorkflows(join(dist, 'workflow-bundle.js'));
