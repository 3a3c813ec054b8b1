import { approved, assertFinds, assertPasses, fenced, lagSeen, page, promoted, watched } from './pages.ts';

const shift = 'route53.shiftTraffic({ dns, weights })';
const wholeWay = approved + fenced + lagSeen + promoted;

describe('the lint: order of a recovery', () => {
  it('finds traffic that moves before the promotion, and lets it move after', async () => {
    const early = `    await step/*!*/('Move people', () => ${shift}, { undo });\n`;
    await assertFinds('traffic-before-promotion', page(approved + fenced + lagSeen + early + promoted + watched));
    await assertPasses(page(`${wholeWay}    await step('Move people', () => ${shift});\n${watched}`));
  });

  it('finds a promotion that nobody fenced for, and passes one behind a fence that some ways leave out', async () => {
    const bad = promoted.replace('step(', 'step/*!*/(');
    await assertFinds('promotion-without-fence', page(approved + lagSeen + bad + watched));
    await assertPasses(page(`${approved}    if (old.reachable) {\n${fenced}    }\n${lagSeen}${promoted}${watched}`));
  });

  it('finds a promotion that nobody looked at the lag for after the fence', async () => {
    const bad = promoted.replace('step(', 'step/*!*/(');
    await assertFinds('promotion-without-lag-check', page(approved + fenced + bad + watched));
    await assertFinds('promotion-without-lag-check', page(approved + lagSeen + fenced + bad + watched));
    await assertPasses(page(wholeWay + watched));
  });

  it('does not take the two arms of a choice for an order', async () => {
    const move = `    await step('Move people', () => ${shift}, { undo });\n`;
    await assertPasses(page(`${approved}    if (easy) {\n${move}    } else {\n${fenced}${lagSeen}${promoted}    }\n${watched}`));
  });
});

describe('the lint: the way back', () => {
  it('finds what cannot be undone and that nobody approves', async () => {
    const deletion = "    await step/*!*/('Delete the volume', () => storage.deleteVolume({ id }));\n";
    await assertFinds('irreversible-without-gate', page(deletion + watched));
    await assertPasses(page(approved + deletion + watched));
  });

  it('does not take a gate under a condition, nor one beside it, for an approval', async () => {
    const last = "    await step/*!*/('Cross the line', () => autoscaling.setCapacity({ service }), { pointOfNoReturn: true });\n";
    await assertFinds('irreversible-without-gate', page(`    if (big) {\n${approved}    }\n${last}${watched}`));
    const beside = "    await parallel(() => gate('Go on?', { facts }), () => step/*!*/('Cross', () => storage.deleteVolume({ id })));\n";
    await assertFinds('irreversible-without-gate', page(beside + watched));
    await assertPasses(page(`    if (big) {\n${approved}${last}    }\n${watched}`));
  });

  it('takes an answer that is asked for only when a condition looks at it', async () => {
    const last = "await step/*!*/('Cross', () => storage.deleteVolume({ id }))";
    const asked = "    const answer = await ask('Go on?', { facts });\n";
    await assertFinds('irreversible-without-gate', page(`${asked}    ${last};\n${watched}`));
    await assertPasses(page(`${asked}    if (answer === 'approved') ${last};\n${watched}`));
  });

  it('finds a change that has no way back, before the point of no return only', async () => {
    const resize = "    await step/*!*/('Grow', () => autoscaling.setCapacity({ service, region: to }));\n";
    await assertFinds('undo-missing', page(resize + watched));
    await assertPasses(page(wholeWay + resize + watched));
    await assertPasses(page(resize.replace('}));', '}), { undo: () => autoscaling.setCapacity(before) });') + watched));
  });

  it('needs no undo for what only adds something, works on a copy of our own, or is itself the way back', async () => {
    const copy = "    await step('Close the copy', () => postgres.fenceDatabase({ database, region: to, endpoint }));\n";
    await assertPasses(page(copy + watched));
    await assertPasses(page(`    await step('Keep a copy', () => rds.snapshotDatabase({ database }));\n${watched}`));
    const lift = "    await step('Lift the fence', () => postgres.unfenceDatabase({ database, region: to }));\n";
    await assertPasses(page(fenced + lift + watched));
    await assertFinds('undo-missing', page(lift.replace('step(', 'step/*!*/(') + watched));
  });
});

describe('the lint: a page as a whole', () => {
  it('finds a page that changes things and holds no lease', async () => {
    await assertFinds('missing-lease', page(wholeWay + watched, { leases: '/*!*/[]' }));
    await assertPasses(page(lagSeen, { leases: '[]' }));
  });

  it('finds a page that ends after its last change without a look', async () => {
    const bad = page(watched + wholeWay).replace('return runbook', 'return /*!*/runbook');
    await assertFinds('change-without-proof', bad);
    await assertPasses(page(`${wholeWay}    await check('Customers are well', () => customersAreWell());\n`));
  });

  it('warns of a control plane that the whole world shares, and not of one of a region', async () => {
    const tools = (service: string) => ({
      'activities/records.ts': `export const shiftTraffic = change({ predict: () => aws.predicted('${service}', place, shift()), prove: () => look() });`,
    });
    const text = page(`${wholeWay}    await step/*!*/('Move people', () => ${shift});\n${watched}`);
    const { findings } = await assertFinds('global-control-plane', text, tools('route53'));
    if (findings[0]?.severity !== 'warning') throw new Error('it must be a warning');
    await assertPasses(text, tools('elasticloadbalancing'));
  });

  it('finds a change that waits for the region that is left, unless somebody looked whether it answers', async () => {
    const stop = "await step/*!*/('Stop it there', () => autoscaling.setCapacity({ service, region: from }), { undo })";
    const rest = `${wholeWay}    await step('Move people', () => ${shift});\n`;
    await assertFinds('impaired-region', page(`    ${stop};\n${rest}${watched}`));
    await assertPasses(page(`    if (old.reachable) ${stop};\n${rest}${watched}`));
    await assertPasses(page(`${rest}    ${stop};\n${watched}`));
  });
});

describe('the lint: tools', () => {
  const good = page(lagSeen);
  const tool = (text: string) => ({ 'activities/tool.ts': text });

  it('finds a change without a proof, and a proof that reads nothing', async () => {
    await assertFinds('change-without-proof', good, tool('export const tools = {\n  annotate: /*!*/change({ look, act, predict }),\n};'));
    await assertFinds(
      'change-without-proof',
      good,
      tool('export const annotate = /*!*/change({ look, act, prove: async () => undefined });'),
    );
    await assertPasses(good, tool('export const annotate = change({ look, act, prove: (asked) => until(() => read(asked), {}) });'));
  });

  it('finds a restore that leaves a group to the defaults, also when the settings come from elsewhere', async () => {
    const restore = 'export const restore = (source) => /*!*/new RestoreDBInstanceToPointInTimeCommand({ ...settingsOf(source) });\n';
    const settings = (names: string) => `function settingsOf(source) { return { ${names} }; }\n`;
    await assertFinds('restore-without-groups', good, tool(restore + settings('DBSubnetGroupName: a, VpcSecurityGroupIds: b')));
    await assertPasses(good, tool(restore + settings('DBSubnetGroupName: a, VpcSecurityGroupIds: b, DBParameterGroupName: c')));
  });

  it('finds force in a command', async () => {
    await assertFinds('force-flags', good, tool("export const drain = (node) => run('kubectl', /*!*/['drain', node, '--force']);"));
    await assertFinds('force-flags', good, tool("export const clean = () => run('docker', /*!*/['system', 'prune']);"));
    await assertFinds('force-flags', good, tool("export const clear = () => run('rm', /*!*/['rm', '-rf', path]);"));
    await assertPasses(good, tool("export const apply = (file) => run('kubectl', ['apply', '-f', file]);"));
  });
});
