import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { createLagProxy, type LagProxy } from '../../src/range/databases/lag-proxy.ts';
import { eventually } from '../eventually.ts';

describe('the way between two databases', () => {
  let primary: Server;
  let primarySide: Socket;
  let proxy: LagProxy;
  let replica: Socket;
  let received: { text: string; at: number };

  beforeEach(async () => {
    primary = createServer().listen(0, '127.0.0.1');
    await once(primary, 'listening');
    const { port } = primary.address() as AddressInfo;
    proxy = await createLagProxy(() => port);
    await proxy.open();
    replica = connect(proxy.port, '127.0.0.1');
    [primarySide] = (await once(primary, 'connection')) as [Socket];
    received = { text: '', at: 0 };
    replica
      .on('error', () => undefined)
      .on('data', (chunk: Buffer) => (received = { text: received.text + String(chunk), at: Date.now() }));
    primarySide.on('error', () => undefined);
  });

  afterEach(async () => {
    await proxy.cut();
    replica.destroy();
    primarySide.destroy();
    primary.close();
    await once(primary, 'close');
  });

  const arrives = (text: string) =>
    eventually(
      `"${text}" at the replica`,
      () => received.text,
      (seen) => seen === text,
      2_000,
    );

  it('delays what the primary sends by the lag, in order', async () => {
    proxy.setLag(300);
    const sentAt = Date.now();
    primarySide.write('one ');
    primarySide.write('two');
    await arrives('one two');
    assert.ok(received.at - sentAt >= 299, `it came after ${received.at - sentAt} ms`);
  });

  it('does not delay what the replica sends', async () => {
    proxy.setLag(60_000);
    replica.write('here I am');
    const [chunk] = (await once(primarySide, 'data')) as [Buffer];
    assert.equal(String(chunk), 'here I am');
  });

  it('delivers at once what waits when the lag ends', async () => {
    proxy.setLag(60_000);
    primarySide.write('late');
    await eventually(
      'the bytes at the proxy',
      () => primarySide.bytesWritten - primarySide.writableLength,
      (sent) => sent === 4,
    );
    proxy.setLag(0);
    await arrives('late');
  });

  it('loses what is on the way when it is cut, and refuses connections until it is open again', async () => {
    proxy.setLag(200);
    primarySide.write('lost');
    await proxy.cut();
    if (!replica.closed) await once(replica, 'close');
    assert.equal(received.text, '');
    const [refused] = (await once(connect(proxy.port, '127.0.0.1'), 'error')) as [NodeJS.ErrnoException];
    assert.equal(refused.code, 'ECONNREFUSED');
    await proxy.open();
    const again = connect(proxy.port, '127.0.0.1');
    await once(again, 'connect');
    again.destroy();
  });
});
