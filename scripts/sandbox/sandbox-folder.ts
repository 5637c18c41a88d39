/** Where a sandbox keeps what it must still know after it was killed. */
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { readJson, writeJson } from '../stack/json-file.ts';
import type { ProcessIdentity } from '../stack/process-identity.ts';

/** What a sandbox is made with, once and for all; a restart goes on with it. */
export interface SandboxSettings {
  readonly seed: number;
  readonly persons: number;
  /** Where PU is served over HTTPS. */
  readonly port: number;
  readonly controlPort: number;
  /** `sla`: answers take as long as PU promises at most (TKB 5.1 ch. 4.2); `none`: as fast as it can. */
  readonly latency: 'sla' | 'none';
  /** Of one caller; 0: as many as come. PU takes 10 (TKB 5.1 ch. 4.2). */
  readonly callsPerSecond: number;
  /** In one document of an order by query; an order by file says how many itself. */
  readonly personsPerDocument: number;
  readonly documentsPerZip: number;
  readonly mostRequestBytes: number;
  readonly mostUploadBytes: number;
}

/** The process that serves a sandbox. */
export interface RunningSandbox {
  readonly identity: ProcessIdentity;
}

export interface SandboxFolder {
  readonly root: string;
  readonly certificates: string;
  readonly journal: string;
  readonly orders: string;
  readonly uploads: string;
  /** Switched faults and the clock. */
  readonly switches: string;
  readonly log: string;
  readonly startLock: string;
}

/** The parts of a state folder. */
export function sandboxFolder(root: string): SandboxFolder {
  return {
    root,
    certificates: join(root, 'certificates'),
    journal: join(root, 'journal.ndjson'),
    orders: join(root, 'orders'),
    uploads: join(root, 'uploads'),
    switches: join(root, 'switches.json'),
    log: join(root, 'sandbox.log'),
    startLock: join(root, 'start.lock'),
  };
}

/** Makes the folders, for their owner alone. */
export function makeSandboxFolders(folder: SandboxFolder): void {
  for (const one of [folder.root, folder.orders, folder.uploads]) {
    mkdirSync(one, { recursive: true, mode: 0o700 });
  }
}

/** Undefined where no sandbox was ever made. */
export function readSettings(folder: SandboxFolder): SandboxSettings | undefined {
  return readJson<SandboxSettings>(settingsFile(folder));
}

export function writeSettings(folder: SandboxFolder, settings: SandboxSettings): void {
  writeJson(settingsFile(folder), settings);
}

/** Who serves it, as far as was written down: the process may be gone. */
export function readRunning(folder: SandboxFolder): RunningSandbox | undefined {
  return readJson<RunningSandbox>(runningFile(folder));
}

export function writeRunning(folder: SandboxFolder, running: RunningSandbox): void {
  writeJson(runningFile(folder), running);
}

export function forgetRunning(folder: SandboxFolder): void {
  rmSync(runningFile(folder), { force: true });
}

function settingsFile({ root }: SandboxFolder): string {
  return join(root, 'sandbox.json');
}

function runningFile({ root }: SandboxFolder): string {
  return join(root, 'running.json');
}
