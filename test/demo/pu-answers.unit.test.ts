import { describe, expect, it } from 'vitest';
import { answersOf } from '../../scripts/demo/pu-answers.ts';

const PAGE = `# HELP hub_pu_records_total Answers of PU
# TYPE hub_pu_records_total counter
hub_pu_records_total{pull="first-load",result="sent"} 19742
hub_pu_records_total{pull="first-load",result="unknown"} 206
hub_pu_records_total{result="unchanged",pull="own-region"} 7
hub_pu_records_total{pull="own-region",result="test-person"} 3
hub_pu_orders_total{pull="moved-out"} 5
`;

describe('what became of the answers of PU', () => {
  it('is read from the metrics, by pull and in their order', () => {
    expect([...answersOf(PAGE)]).toEqual([
      ['first-load', { sent: 19_742, unchanged: 0, unknown: 206 }],
      ['own-region', { sent: 0, unchanged: 7, unknown: 0 }],
    ]);
  });

  it('is nothing before the first answer', () => {
    expect(answersOf('# nothing yet\n').size).toBe(0);
  });
});
