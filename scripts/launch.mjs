/**
 * What `npm run …` starts. The only plain JavaScript here, since a fresh clone has no more than Node 20 and nothing installed:
 * it installs what is missing, and then starts the real program with the Node 24 of the project.
 *
 *   node scripts/launch.mjs demo|test|bench|hub|check [arguments of the program]
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const PROGRAMS = {
  demo: 'scripts/demo/run-demo.ts',
  test: 'scripts/stack/run-tests.ts',
  bench: 'scripts/bench/run-bench.ts',
  hub: 'scripts/hub.ts',
  check: 'scripts/stack/run-checks.ts',
};
const PROJECT = resolve(import.meta.dirname ?? new URL('.', import.meta.url).pathname, '..');
const BIN = join(PROJECT, 'node_modules', '.bin');
// biome-ignore lint/style/noProcessEnv: handed on to the program, which has a configuration to read it with
const environment = process.env;
const INSTALL_WITHIN_MS = 20 * 60_000;
/** @type {import('node:child_process').ChildProcess | undefined} */
let running;
let toldToEnd = false;

forwardSignals();
if (environment.npm_lifecycle_event !== undefined) endWithParent();
const [target, ...args] = process.argv.slice(2);
const program = Object.hasOwn(PROGRAMS, target ?? '') ? PROGRAMS[target] : undefined;
if (program === undefined) {
  fail(`usage: node scripts/launch.mjs ${Object.keys(PROGRAMS).join('|')} [arguments]`);
}
if (major(process.version) < 20) {
  fail(
    `Node 20 or later is needed, this is ${process.version}. Install it from https://nodejs.org`,
  );
}
if (!isInstalled()) await install();
end(await run(findNode24(), [...demoSettings(), join(PROJECT, program), ...args]));

/** Where nothing is set, `hub` looks at the demo that runs in this clone: the demo leaves its settings there while it runs. */
function demoSettings() {
  const isSet = ['KAFKA_BROKERS', 'DATABASE_URL', 'HUB_SECRET'].some((name) => environment[name]);
  const file = join(PROJECT, '.stack', 'demo', 'demo.env');
  // Asked here as well, since Node says so where the file is not there; it may be gone again by the time that Node looks.
  return target === 'hub' && !isSet && existsSync(file) ? [`--env-file-if-exists=${file}`] : [];
}

/** Whether node_modules holds what package-lock.json says. npm writes its own list there last of all. */
function isInstalled() {
  const wanted = readJson(join(PROJECT, 'package-lock.json'))?.packages ?? {};
  const found = readJson(join(PROJECT, 'node_modules', '.package-lock.json'))?.packages;
  if (found === undefined) return false;
  return Object.entries(wanted).every(([path, { version, optional }]) => {
    if (path === '') return true;
    return found[path] === undefined ? optional === true : found[path].version === version;
  });
}

/** `npm ci`, by one launch at a time. */
async function install() {
  const lock = join(PROJECT, '.stack', 'install.lock');
  await takeLock(lock);
  process.once('exit', () => rmSync(lock, { force: true }));
  if (!isInstalled()) {
    const startedAt = Date.now();
    const seconds = () => Math.round((Date.now() - startedAt) / 1000);
    say('installing packages with npm ci');
    const progress = setInterval(() => say(`installing packages: ${seconds()} s so far`), 5000);
    const options = ['--include=dev', '--include=optional', '--no-audit', '--no-fund'];
    const result = await run('npm', ['ci', '--loglevel=error', ...options]);
    clearInterval(progress);
    if (result.error?.code === 'ENOENT')
      fail('npm is needed beside Node. Install it from https://nodejs.org');
    if (result.code !== 0) {
      say('npm ci failed; its message stands above');
      end(result);
    }
    say(`packages are installed after ${seconds()} s`);
  }
  rmSync(lock, { force: true });
}

/** Waits until no other launch in this clone installs. A lock whose process is gone is removed. */
async function takeLock(lock) {
  mkdirSync(join(PROJECT, '.stack'), { recursive: true });
  const deadline = Date.now() + INSTALL_WITHIN_MS;
  for (let told = false; ; ) {
    try {
      writeFileSync(lock, String(process.pid), { flag: 'wx' });
      return;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    const holder = Number.parseInt(readText(lock) || '0', 10);
    if (holder > 0 && !exists(holder)) rmSync(lock, { force: true });
    else if (!told) say(`waiting for process ${holder}, which installs packages`);
    told = true;
    if (Date.now() > deadline) fail(`process ${holder} does not finish; end it, or remove ${lock}`);
    await sleep(300);
  }
}

/** The Node 24 that npm installed (Linux), else the one that runs this, when it is new enough. */
function findNode24() {
  const own = join(BIN, 'node');
  const version = existsSync(own) ? spawnSync(own, ['--version'], { encoding: 'utf8' }) : undefined;
  if (version?.status === 0 && major(version.stdout) >= 24) return own;
  if (major(process.version) >= 24) return process.execPath;
  return fail(
    `Node 24 or later is needed on this kind of machine (${process.platform}-${process.arch}), this is ${process.version}. ` +
      'macOS: `brew install node@24`; others: https://nodejs.org',
  );
}

/** Runs it in the project's folder with the project's programs first on the path. */
function run(command, commandArgs) {
  return new Promise((done) => {
    running = spawn(command, commandArgs, {
      cwd: PROJECT,
      stdio: 'inherit',
      env: { ...environment, PATH: `${BIN}${delimiter}${environment.PATH ?? ''}` },
    });
    running.once('error', (error) => done({ code: 1, error }));
    running.once('exit', (code, signal) => done({ code, signal }));
  });
}

/** The program decides what a signal means: this one only hands it on, and waits for the program to end. */
function forwardSignals() {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      toldToEnd = true;
      // Ctrl-C in a terminal reaches the program as well as us: it is not sent twice.
      if (signal === 'SIGINT' && process.stdin.isTTY && running !== undefined) return;
      if (running?.kill(signal) !== true) process.exit(128 + constants.signals[signal]);
    });
  }
}

/** An npm that was killed hands nothing on: the program is told to end when npm is gone. */
function endWithParent() {
  const parents = parentIds();
  const watch = setInterval(() => {
    if (parentIds() === parents) return;
    clearInterval(watch);
    if (!toldToEnd && running?.kill('SIGTERM') !== true) process.exit(1);
  }, 1000);
  watch.unref();
}

/** The shell that npm started us with and, where the system tells, npm itself. */
function parentIds() {
  const stat = readText(`/proc/${process.ppid}/stat`) ?? '';
  const [, grandparent = ''] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return `${process.ppid} ${grandparent}`;
}

/** Ends with the exit code of the program; one that a signal killed counts as shells count it. */
function end({ code, signal, error }) {
  if (error !== undefined) fail(`the program could not be started: ${error.code}`);
  process.exit(code ?? 128 + (constants.signals[signal] ?? 0));
}

function major(version) {
  return Number.parseInt(version.replace(/^v/, ''), 10);
}

function exists(pid) {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error.code === 'EPERM';
  }
}

function readJson(path) {
  const text = readText(path);
  return text === undefined ? undefined : JSON.parse(text);
}

function readText(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

function say(line) {
  console.error(line);
}

function fail(line) {
  say(line);
  process.exit(1);
}
