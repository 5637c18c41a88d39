/** Rights in the words of Kafka's protocol (KIP-140, KIP-290) and back. The library's own types stay in `kafka-client.ts`. */
import type { AccessResource, AccessRight, AdminConnection } from './kafka-admin.ts';

const RESOURCE = { topic: 2, group: 3 } as const satisfies Record<AccessRight['resource'], number>;
const PATTERN = { literal: 3, prefixed: 4 } as const;
const OPERATION = { read: 3, write: 4, describe: 8 } as const satisfies Record<
  AccessRight['operation'],
  number
>;
const ALLOW = 3;
const ANY = 1;
const FROM_ANYWHERE = '*';

interface Pattern {
  readonly resourceType: number;
  readonly resourceName: string;
  readonly resourcePatternType: number;
}

/** An entry of the authorizer as the library writes it. */
interface Entry extends Pattern {
  readonly principal: string;
  readonly host: string;
  readonly operation: number;
  readonly permissionType: number;
}

/** What is needed of the library's admin client. */
export interface AccessLibrary {
  createAcls(options: { acl: Entry[] }): Promise<boolean>;
  describeAcls(filter: Pattern & { operation: number; permissionType: number }): Promise<{
    readonly resources: readonly {
      readonly resourceName: string;
      readonly acls: readonly {
        readonly principal: string;
        readonly operation: number;
        readonly permissionType: number;
      }[];
    }[];
  }>;
  deleteAcls(options: { filters: Entry[] }): Promise<unknown>;
}

/** The part of the admin client that is about rights. Entries that the hub would never make, such as those that deny, are not seen. */
export function accessRights(
  library: AccessLibrary,
): Pick<AdminConnection, 'addRights' | 'rightsOn' | 'removeRights'> {
  return {
    async addRights(rights) {
      await library.createAcls({ acl: rights.map(entryOf) });
    },
    async rightsOn(resources) {
      const found: AccessRight[] = [];
      for (const resource of resources) {
        const filter = { ...patternOf(resource), operation: ANY, permissionType: ALLOW };
        const answer = await library.describeAcls(filter);
        for (const { acls } of answer.resources) {
          for (const { principal, operation } of acls) {
            const word = operationOf(operation);
            if (word !== undefined) found.push({ ...resource, principal, operation: word });
          }
        }
      }
      return found;
    },
    async removeRights(rights) {
      await library.deleteAcls({ filters: rights.map(entryOf) });
    },
  };
}

function patternOf({ resource, name, isPrefix }: AccessResource): Pattern {
  return {
    resourceType: RESOURCE[resource],
    resourceName: name,
    resourcePatternType: isPrefix ? PATTERN.prefixed : PATTERN.literal,
  };
}

function entryOf(right: AccessRight): Entry {
  return {
    ...patternOf(right),
    principal: right.principal,
    host: FROM_ANYWHERE,
    operation: OPERATION[right.operation],
    permissionType: ALLOW,
  };
}

function operationOf(code: number): AccessRight['operation'] | undefined {
  switch (code) {
    case OPERATION.read:
      return 'read';
    case OPERATION.write:
      return 'write';
    case OPERATION.describe:
      return 'describe';
    default:
      return undefined;
  }
}
