/** Where the four services are, in the words of the environment variables that carry them. */
export interface StackEndpoints {
  /** `KAFKA_BROKERS`: host:port, comma-separated. */
  readonly kafkaBrokers: string;
  /** `SCHEMA_REGISTRY_URL`: with the base path, as the Confluent API is served there. */
  readonly schemaRegistryUrl: string;
  /** `DATABASE_URL`: the hub's own PostgreSQL database. */
  readonly databaseUrl: string;
  /** `MASTER_URL`: the database that plays Master. */
  readonly masterUrl: string;
}

/** A server of the stack. One PostgreSQL server holds the databases `hub`, `registry` and `master`. */
export type StackPartName = 'kafka' | 'registry' | 'postgresql';

/** The environment as the caller sees it: variable name to value. */
export type StackEnvironment = Readonly<Record<string, string | undefined>>;

/** What every function of the stack takes. All of it has a default. */
export interface StackOptions {
  /** Several stacks can run in one clone: `dev` (default), `demo`, `test`. Lower-case words with hyphens. */
  readonly name?: string;
  /** The folder of the clone. Default: this one. */
  readonly projectFolder?: string;
  /** Default: the environment of the process. */
  readonly environment?: StackEnvironment;
  /** Gets one line of progress at a time. Default: standard error. */
  readonly report?: (line: string) => void;
  /** Ends the command early; what it had started is stopped again. */
  readonly signal?: AbortSignal;
}

/** Who runs a part: the environment named it, a container engine, or a process of this machine's user. */
export type StackPartOrigin = 'named' | 'compose' | 'process';

/** One part as it stands. */
export interface StackPartStatus {
  readonly part: StackPartName;
  readonly origin: StackPartOrigin;
  readonly running: boolean;
  /** Only of a process. */
  readonly pid?: number;
  /** Where it listens or what the environment named; never with a password. */
  readonly address: string;
  /** Relative to the clone. Only of a process. */
  readonly log?: string;
}

/** A stack that is up. */
export interface RunningStack {
  readonly name: string;
  readonly endpoints: StackEndpoints;
  readonly parts: readonly StackPartStatus[];
  /** Relative to the clone. */
  readonly logFolder: string;
}

/** What `stackStatus` found. */
export interface StackStatus {
  readonly name: string;
  readonly state: 'up' | 'partly-up' | 'down';
  /** Absent when nothing was started. */
  readonly endpoints?: StackEndpoints;
  readonly parts: readonly StackPartStatus[];
  readonly logFolder: string;
}

/** What `downStack` did. */
export interface StoppedStack {
  readonly name: string;
  /** The parts that were running and are gone now. */
  readonly stopped: readonly StackPartName[];
  readonly dataWiped: boolean;
}

/** The end of one part's log. */
export interface StackLog {
  readonly part: StackPartName;
  /** Relative to the clone, or the name of the container. */
  readonly log: string;
  readonly lines: readonly string[];
}
