// node scripts/node.mjs: prints the program of a Node.js that Hovedbok runs on. Needs nothing but a Node and npm.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { installPackages } from './install-packages.mjs';

const scripts = fileURLToPath(new URL('.', import.meta.url));
const newest = '26';
// As in `engines` of package.json: there an oldest version and nothing else.
const oldest = JSON.parse(readFileSync(join(scripts, '..', 'package.json'), 'utf8')).engines.node.slice('>='.length);

/**
 * Goes on in this process where its Node.js serves: `major` if given, else any that is supported. Otherwise the script is
 * run once more, by one from npm, and this process ends as that one does.
 */
export async function onSupportedNode(major) {
  const program = nodeProgram(major);
  // What is started further on, npm and its tools, runs on the same one.
  process.env.PATH = [dirname(program), process.env.PATH].join(delimiter);
  if (program === process.execPath) return;
  const child = spawn(program, process.argv.slice(1), { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  const [code, signal] = await new Promise((resolve) => child.once('exit', (...how) => resolve(how)));
  process.exit(code ?? 128 + constants.signals[signal]);
}

function nodeProgram(major) {
  const own = process.versions.node;
  const serves = major ? own.startsWith(`${major}.`) : isAtLeast(own, oldest);
  return serves ? process.execPath : nodeFromNpm(major ?? newest);
}

/** Fetched once, of the version and with the checksum of scripts/node-MAJOR/package-lock.json. */
function nodeFromNpm(major) {
  const folder = join(scripts, `node-${major}`);
  const name = `node-${process.platform}-${process.arch}`;
  const program = join(folder, 'node_modules', name, 'bin', 'node');
  const isThere = existsSync(folder) && installPackages(folder, `Fetching Node.js ${major} (npm ci) ...`);
  if (!isThere || !existsSync(program)) endWithout(major);
  return program;
}

function endWithout(major) {
  console.error(
    `Hovedbok needs Node.js ${major === newest ? `${oldest} or later` : major}; this is ${process.versions.node}, ` +
      `and npm has no other for ${process.platform} ${process.arch} here. Install one: https://nodejs.org`,
  );
  process.exit(1);
}

function isAtLeast(version, least) {
  const [major, minor] = version.split('.').map(Number);
  const [leastMajor, leastMinor] = least.split('.').map(Number);
  return major > leastMajor || (major === leastMajor && minor >= leastMinor);
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) console.log(nodeProgram());
