import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cloneFolder } from '../config/tools.ts';
import { bundleWorkflows } from '../config/workflow-code.ts';

// The second half of `npm run build`, after the compiler: what MUSTER_WORKFLOW_BUNDLE names in the image.
const { codePath } = await bundleWorkflows();
await copyFile(codePath, join(cloneFolder, 'dist/workflow-bundle.js'));
