import type { DecisionRequest } from '../../core/sync/ports.ts';
import { type SqlRunner, statement } from './database.ts';

const RECORD = statement(
  'record-decision',
  `INSERT INTO decisions (command_id, kind, subject, other, choice, reason, decided_by, decided_at, flagged_since) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
   ON CONFLICT (command_id) DO NOTHING`,
);

/** `PersonTransaction.recordDecision`. */
export async function recordDecision(
  runner: SqlRunner,
  request: DecisionRequest,
  flaggedSince: number | null,
): Promise<boolean> {
  const { commandId, about, choice, reason, decidedBy, decidedAt } = request;
  const { kind, subject, other } = about;
  const values = [
    commandId,
    kind,
    subject,
    other,
    choice,
    reason,
    decidedBy,
    decidedAt,
    flaggedSince,
  ];
  return (await runner.execute(RECORD, values)) > 0;
}
