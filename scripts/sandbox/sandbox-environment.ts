import type { SandboxEndpoints } from './start-sandbox.ts';

/** The settings with which the hub finds a sandbox, and the URL of its control API for whoever plays with it. */
export function sandboxEnvironment(endpoints: SandboxEndpoints): Readonly<Record<string, string>> {
  return {
    PU_URL: endpoints.soap,
    PU_REST_URL: endpoints.rest,
    PU_CA: endpoints.authority,
    PU_CERT: endpoints.certificate,
    PU_KEY: endpoints.key,
    PU_LOGICAL_ADDRESS: endpoints.logicalAddress,
    SANDBOX_CONTROL_URL: endpoints.control,
  };
}
