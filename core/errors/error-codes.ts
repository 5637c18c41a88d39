import { CONFIG_CODES } from './codes-config.ts';
import { CONSUMER_CODES } from './codes-consumers.ts';
import { KAFKA_CODES } from './codes-kafka.ts';
import { LOOKUP_CODES } from './codes-look-up.ts';
import { MASTER_CODES } from './codes-master.ts';
import { PERSON_CODES } from './codes-person.ts';
import { PU_CODES } from './codes-pu.ts';
import { STACK_CODES } from './codes-stack.ts';
import { STORE_CODES } from './codes-store.ts';
import { SYNC_CODES } from './codes-sync.ts';

/** The registry of all error codes, by area. Append only: a code keeps its meaning for ever. */
export const ERROR_CODES = {
  ...CONFIG_CODES,
  ...CONSUMER_CODES,
  ...KAFKA_CODES,
  ...LOOKUP_CODES,
  ...MASTER_CODES,
  ...PERSON_CODES,
  ...PU_CODES,
  ...STACK_CODES,
  ...STORE_CODES,
  ...SYNC_CODES,
};

export type ErrorCode = keyof typeof ERROR_CODES;
