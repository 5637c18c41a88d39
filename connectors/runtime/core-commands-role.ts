import { type SafeText, safeText } from '../../core/errors/log-safe.ts';
import { type CommandsRoleOptions, runCommandsRole } from './commands-role.ts';
import { CORE_TARGET } from './operations/core-commands.ts';

/** Also the name of the lease. */
export const CORE_COMMANDS: SafeText = safeText('core-commands');

/** Carries out the commands about the core: see {@link runCommandsRole}. */
export async function runCoreCommandsRole(
  options: Omit<CommandsRoleOptions, 'name' | 'target'>,
): Promise<void> {
  await runCommandsRole({ name: CORE_COMMANDS, target: CORE_TARGET, ...options });
}
