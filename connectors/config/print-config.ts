/** The settings table for people: `.env.example`, `hub config` and the list in `hub run --help`. */
import type { ConfigInvalidError } from './config-problem.ts';
import type { Environment } from './load-config.ts';
import { SETTING_SECTIONS } from './setting-kinds.ts';
import { SETTING_NAMES, type SettingName, settingOf } from './settings.ts';

/** The text of `.env.example`. A test compares the file with it. */
export function printEnvExample(): string {
  const head = [
    '# Settings of the hub. Copy to .env, fill in, then: node --env-file=.env scripts/launch.mjs hub run',
    '# A line that is commented out shows the default. A secret may lie in a file: DATABASE_URL_FILE and so on.',
  ];
  const sections = SETTING_SECTIONS.map((section) =>
    [
      `# ---- ${section} ----`,
      ...namesOf(section).flatMap((name) => {
        const setting = settingOf(name);
        const line = `${name}=${setting.default ?? ''}`;
        const isRequired = setting.default === undefined && !setting.optional;
        return ['', ...wrap(describe(name), 98, '# '), isRequired ? line : `#${line}`];
      }),
    ].join('\n'),
  );
  return `${[head.join('\n'), ...sections].join('\n\n')}\n`;
}

/** The settings section of `hub run --help`. */
export function printSettingsHelp(): string {
  return SETTING_SECTIONS.map((section) =>
    [
      `${section}:`,
      ...namesOf(section).flatMap((name) => [`  ${name}`, ...wrap(describe(name), 94, '      ')]),
    ].join('\n'),
  ).join('\n\n');
}

/** Every setting with the text in force and where it comes from. A secret shows only that it is set. */
export function printSettings(environment: Environment): string {
  const width = Math.max(...SETTING_NAMES.map((name) => name.length));
  return SETTING_NAMES.map((name) => {
    const { text, from } = inForce(environment, name);
    return `${name.padEnd(width)}  ${text.padEnd(40)}  ${from}`.trimEnd();
  }).join('\n');
}

/** All problems, one a line, for the operator. */
export function printConfigProblems(error: ConfigInvalidError): string {
  return error.problems.map(({ setting, problem }) => `  ${setting} ${problem}`).join('\n');
}

function inForce(
  environment: Environment,
  name: SettingName,
): { readonly text: string; readonly from: string } {
  const setting = settingOf(name);
  const given = environment[name];
  const isGiven = given !== undefined && given !== '';
  if (setting.kind.secret) {
    const file = environment[`${name}_FILE`];
    if (isGiven) return { text: '[secret]', from: 'environment' };
    if (file !== undefined && file !== '') return { text: '[secret]', from: `${name}_FILE` };
    return { text: '-', from: 'not set' };
  }
  if (isGiven) return { text: given, from: 'environment' };
  if (setting.default === undefined) return { text: '-', from: 'not set' };
  return { text: setting.default === '' ? '-' : setting.default, from: 'default' };
}

function namesOf(section: string): readonly SettingName[] {
  return SETTING_NAMES.filter((name) => settingOf(name).section === section);
}

function describe(name: SettingName): string {
  const { description, kind, default: fallback, optional } = settingOf(name);
  const presence = fallback
    ? `default ${fallback}`
    : fallback === '' || optional
      ? 'optional'
      : 'required';
  return `${description} [${kind.label}; ${presence}${kind.secret ? '; secret' : ''}]`;
}

function wrap(text: string, width: number, indent: string): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + word.length + 1 > width - indent.length) {
      lines.push(indent + line);
      line = '';
    }
    line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, indent + line];
}
