// A program as the stack starts them: says when it is ready, and ends when it is asked to.
const { TINY_FAILS, TINY_PORT = '0' } = process.env;
process.stderr.write('- warming up\n');
if (TINY_FAILS) {
  process.stderr.write('the reason\n');
  process.exit(3);
}
process.stdout.write(`${JSON.stringify({ ready: true, pid: process.pid, port: TINY_PORT })}\n`);
setInterval(() => undefined, 1_000);
