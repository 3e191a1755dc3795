// npm test [-- --node MAJOR] [--postgres MAJOR] [file filter ...]
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { ensureInstalled } from './ensure-installed.mjs';
import { onSupportedNode } from './node.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { node: { type: 'string' }, postgres: { type: 'string' } },
});
await onSupportedNode(values.node);
let running;
let stopServer;

// Children in the foreground get a Ctrl-C themselves; this process stays to stop the database.
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => running?.kill(signal));

ensureInstalled();
console.log(`Node.js ${process.versions.node}`);
const count = { passed: 0, failed: 0, skipped: 0 };
const failures = [];
try {
  const env = { ...process.env };
  if (values.postgres) {
    const { startPostgres } = await import('./temporary-postgres.mjs');
    const server = await startPostgres(values.postgres);
    stopServer = server.stop;
    env.TEST_DATABASE_URL = server.url;
    console.log(`PostgreSQL ${server.version}`);
  }
  // The checks do not depend on the database, and take longer than one file's tests.
  if (!values.postgres && positionals.length === 0) {
    await check('type check', ['run', '--silent', 'typecheck']);
    await check('lint', ['run', '--silent', 'lint']);
  }
  await runTests(env);
} catch (error) {
  fail(error.message);
} finally {
  await stopServer?.();
}
// Once more at the end: a runner that keeps only the last lines shows what failed.
for (const failure of failures) console.log(`FAILED: ${failure}`);
console.log(`${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped`);
process.exitCode = count.failed === 0 ? 0 : 1;

async function check(name, npmArguments) {
  const code = await run('npm', npmArguments);
  console.log(`${name}: ${code === 0 ? 'passed' : 'FAILED'}`);
  if (code === 0) count.passed++;
  else fail(name);
}

function fail(what) {
  count.failed++;
  failures.push(what);
}

async function runTests(env) {
  const results = join(root, '.tmp', `test-results-${process.pid}.json`);
  mkdirSync(join(root, '.tmp'), { recursive: true });
  const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${results}`];
  const code = await run(process.execPath, [vitest, 'run', ...reporters, ...positionals], env);
  try {
    const { testResults } = JSON.parse(readFileSync(results, 'utf8'));
    for (const { name, status, message, assertionResults } of testResults) {
      const having = (...statuses) => assertionResults.filter((test) => statuses.includes(test.status));
      count.passed += having('passed').length;
      count.skipped += having('skipped', 'pending', 'todo', 'disabled').length;
      const file = relative(root, name);
      const failed = having('failed');
      for (const test of failed) fail(`${file} > ${test.fullName}\n${indented(test.failureMessages.join('\n'))}`);
      // A file that cannot be loaded fails without a failed test.
      if (status === 'failed' && failed.length === 0) fail(`${file}\n${indented(message)}`);
    }
    // So does a run with an error outside any test.
    if (code !== 0 && failures.length === 0) fail('an error outside the tests, see above');
  } finally {
    rmSync(results, { force: true });
  }
}

function indented(text) {
  const lines = text.split('\n').slice(0, 12);
  return lines.map((line) => `    ${line.slice(0, 300)}`).join('\n');
}

function run(command, args, env = process.env) {
  return new Promise((resolve) => {
    running = spawn(command, args, { cwd: root, env, stdio: 'inherit', shell: process.platform === 'win32' });
    running.once('error', (error) => {
      console.error(error.message);
      resolve(1);
    });
    running.once('exit', (code) => resolve(code ?? 1));
  });
}
