import { AIMS, type BenchResult, describeMachine } from './bench-result.ts';

/** The page docs/benchmarks.md. Only the table is made here; what limits the figures is written by people below the marker. */
export function printBenchTable(results: readonly BenchResult[]): string {
  const rows = results.map(({ name, value, unit, settings }) => {
    const { aim, better } = AIMS[name];
    const isMet = better === 'more' ? value >= aim : value <= aim;
    const wanted = `${better === 'more' ? '≥' : '≤'} ${aim.toLocaleString('en')}`;
    return `| \`${name}\` | **${value.toLocaleString('en')}** ${unit} | ${wanted} | ${isMet ? 'met' : 'missed'} | ${settings} |`;
  });
  return `# Benchmarks

Made by \`npm run bench\`; one alone by \`npm run bench -- --only <name> --json\`. The same figures are in
[benchmarks.json](benchmarks.json). What limits them is in [benchmark-notes.md](benchmark-notes.md).

Machine: ${describeMachine()}.

| Name | Result | Aim | | Settings |
|---|---|---|---|---|
${rows.join('\n')}
`;
}
