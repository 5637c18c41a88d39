import type { Command } from 'commander';

/** What was agreed with who runs a consumer, as options. */
export interface AgreementOptions {
  readonly agreementValidTo: string;
  readonly frameworkVersion: string;
  readonly staffInformedBy: string;
  readonly staffInformedAt: string;
}

/** The options of {@link AgreementOptions}; none may be left out. */
export function withAgreementOptions(command: Command): Command {
  return command
    .requiredOption('--agreement-valid-to <date>', 'the last day of the agreement')
    .requiredOption('--framework-version <text>', 'the framework agreement that was accepted')
    .requiredOption('--staff-informed-by <who>', 'the office that informed the staff')
    .requiredOption('--staff-informed-at <date>', 'when it did');
}

/** As the registry keeps it. */
export function agreementOf(options: AgreementOptions) {
  return {
    validTo: options.agreementValidTo,
    frameworkVersion: options.frameworkVersion,
    staffInformedBy: options.staffInformedBy,
    staffInformedAt: options.staffInformedAt,
  };
}
