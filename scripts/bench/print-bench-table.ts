import { AIMS, type BenchName, type BenchResult, describeMachine } from './bench-result.ts';

/** The page docs/benchmarks.md. Only the table is made here; what limits the figures is written by people below the marker. */
export function printBenchTable(results: readonly BenchResult[]): string {
  const rows = results.map(({ name, value, unit, settings }) => {
    return `| \`${name}\` | **${value.toLocaleString('en')}** ${unit} | ${judge(name, value)} | ${settings} |`;
  });
  return `# Benchmarks

Made by \`npm run bench\`; one alone by \`npm run bench -- --only <name> --json\`, and put here with \`--update\`. The same figures are in
[benchmarks.json](benchmarks.json). What limits them is in [benchmark-notes.md](benchmark-notes.md).

Machine: ${describeMachine()}.

| Name | Result | Aim | | Settings |
|---|---|---|---|---|
${rows.join('\n')}
`;
}

/** The two cells that tell the aim and whether it is met. */
function judge(name: BenchName, value: number): string {
  const wanted = AIMS[name];
  if (wanted === null) return '– | –';
  const { aim, better } = wanted;
  const isMet = better === 'more' ? value >= aim : value <= aim;
  return `${better === 'more' ? '≥' : '≤'} ${aim.toLocaleString('en')} | ${isMet ? 'met' : 'missed'}`;
}
