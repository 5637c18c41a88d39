/** Every metric, once: name with its unit, help, and the names of its labels. The names are a contract with dashboards. */

export interface MetricEntry {
  readonly kind: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  readonly labels: readonly string[];
}

export const METRICS = {
  hub_source_records_read_total: {
    kind: 'counter',
    help: 'Records that a source connector read, by what they say: upsert, removed, refused.',
    labels: ['source', 'operation'],
  },
  hub_source_records_sent_total: {
    kind: 'counter',
    help: 'Source records that Kafka acknowledged on the raw topic.',
    labels: ['source'],
  },
  hub_source_position_epoch: {
    kind: 'gauge',
    help: 'The epoch of the position up to which everything is acknowledged.',
    labels: ['source'],
  },
  hub_source_position_version: {
    kind: 'gauge',
    help: 'The version of the position up to which everything is acknowledged.',
    labels: ['source'],
  },
  hub_source_lag_seconds: {
    kind: 'gauge',
    help: 'How long ago the source was last read to its end. Rises while there is more to read or the source does not answer.',
    labels: ['source'],
  },
  hub_source_snapshot_rows: {
    kind: 'gauge',
    help: 'Rows of the running first load or re-snapshot so far; 0 when none is running.',
    labels: ['source'],
  },
  hub_pu_calls_total: {
    kind: 'counter',
    help: 'Calls to PU, those that were made again included.',
    labels: [],
  },
  hub_pu_call_failures_total: {
    kind: 'counter',
    help: 'Calls to PU that failed and were made again, by error code.',
    labels: ['code'],
  },
  hub_pu_circuit_open: {
    kind: 'gauge',
    help: '1 while PU is asked only now and then, because it failed many times in a row, else 0.',
    labels: [],
  },
  hub_pu_orders_total: {
    kind: 'counter',
    help: 'Orders that PU took.',
    labels: ['pull'],
  },
  hub_pu_records_total: {
    kind: 'counter',
    help: 'Answers of PU, by what became of them: sent, unchanged, unknown (PU does not know the identity), test-person (thrown away).',
    labels: ['pull', 'result'],
  },
  hub_pu_shard_age_seconds: {
    kind: 'gauge',
    help: 'How old is what is known from a shard of a pull; not there while it was never read to its end.',
    labels: ['pull', 'shard'],
  },
  hub_pu_pull_late: {
    kind: 'gauge',
    help: '1 while a run of the shard has not finished in its time, else 0.',
    labels: ['pull', 'shard'],
  },
  hub_core_records_total: {
    kind: 'counter',
    help: 'Source records whose transaction is committed.',
    labels: ['source'],
  },
  hub_core_batches_total: {
    kind: 'counter',
    help: 'Batches of the main path whose transaction is committed.',
    labels: [],
  },
  hub_core_persons_written_total: {
    kind: 'counter',
    help: 'New versions of persons.',
    labels: [],
  },
  hub_core_persons_withheld_total: {
    kind: 'counter',
    help: 'Persons in committed transactions of whom nobody is told: not-leading (only a register knows them that does not publish them in this phase), test-person. One counts each time.',
    labels: ['reason'],
  },
  hub_core_persons_falling_back_total: {
    kind: 'counter',
    help: 'Persons in committed transactions about whom the register that should decide has no record, so the next one does. One counts each time.',
    labels: [],
  },
  hub_core_persons_merged_total: {
    kind: 'counter',
    help: 'Persons that were joined with another one.',
    labels: [],
  },
  hub_core_persons_split_total: {
    kind: 'counter',
    help: 'Persons that were parted from another one.',
    labels: [],
  },
  hub_core_protection_raised_total: {
    kind: 'counter',
    help: 'Persons that became protected.',
    labels: [],
  },
  hub_core_persons_vanished_total: {
    kind: 'counter',
    help: 'Persons that were published and are no more, without being redirected.',
    labels: [],
  },
  hub_derivation_persons_total: {
    kind: 'counter',
    help: 'Persons that a switch of the phase or a rebuild derived again here.',
    labels: [],
  },
  hub_derivation_active: {
    kind: 'gauge',
    help: '1 while a switch of the phase or a rebuild is under way, stopped or not, else 0.',
    labels: ['kind'],
  },
  hub_phase_active: {
    kind: 'gauge',
    help: '1 for the phase that decides now, 0 for the others.',
    labels: ['phase'],
  },
  hub_work_items_open: {
    kind: 'gauge',
    help: 'What waits for a decision of a person.',
    labels: ['kind'],
  },
  hub_purge_orders_open: {
    kind: 'gauge',
    help: 'Orders to forget that not every consumer has acknowledged.',
    labels: [],
  },
  hub_purge_order_oldest_seconds: {
    kind: 'gauge',
    help: 'Age of the oldest open order to forget; 0 when none is open.',
    labels: [],
  },
  hub_consumer_purges_open: {
    kind: 'gauge',
    help: 'Orders to forget that the consumer has been sent and has not acknowledged.',
    labels: ['consumer'],
  },
  hub_consumer_purge_oldest_seconds: {
    kind: 'gauge',
    help: 'Age of the oldest order to forget that the consumer has not acknowledged; 0 when none is open.',
    labels: ['consumer'],
  },
  hub_purge_acks_total: {
    kind: 'counter',
    help: 'Acknowledgements of orders to forget, by what became of them: acknowledged, already, unknown (no such order of this consumer), unreadable.',
    labels: ['result'],
  },
  hub_erasures_open: {
    kind: 'gauge',
    help: 'Erased persons of whom a consumer has not been told to forget yet.',
    labels: [],
  },
  hub_erasure_oldest_seconds: {
    kind: 'gauge',
    help: 'Age of the oldest erasure that somebody has not been told of yet; 0 when none is open.',
    labels: [],
  },
  hub_erased_records_refused_total: {
    kind: 'counter',
    help: 'Source records of erased persons that came again and were refused.',
    labels: ['source'],
  },
  hub_follow_ups_open: {
    kind: 'gauge',
    help: 'Persons whose protection came or went, and whose relatives have not been looked at again yet.',
    labels: [],
  },
  hub_core_parked_total: {
    kind: 'counter',
    help: 'Records parked, by error code.',
    labels: ['code'],
  },
  hub_core_consumer_lag_records: {
    kind: 'gauge',
    help: 'Source records on the partition that no committed transaction has seen yet.',
    labels: ['topic', 'partition'],
  },
  hub_core_consumer_restarts_total: {
    kind: 'counter',
    help: 'How often the consumer was started anew, because the brokers did not answer or it stood still.',
    labels: [],
  },
  hub_publisher_events_total: {
    kind: 'counter',
    help: 'Business events whose send was verified.',
    labels: [],
  },
  hub_publisher_states_total: {
    kind: 'counter',
    help: 'Person states and tombstones whose send was verified.',
    labels: [],
  },
  hub_outbox_waiting_entries: {
    kind: 'gauge',
    help: 'Outbox entries that wait to be published.',
    labels: ['partition'],
  },
  hub_outbox_oldest_seconds: {
    kind: 'gauge',
    help: 'Age of the oldest outbox entry; 0 when none waits.',
    labels: ['partition'],
  },
  hub_consumer_healthy: {
    kind: 'gauge',
    help: '1 while this instance feeds the consumer and nothing stands in the way, 0 while a fault does.',
    labels: ['consumer'],
  },
  hub_consumer_agreement_days: {
    kind: 'gauge',
    help: 'Days until the agreement with the consumer ends: 0 on its last day, below 0 when it is over.',
    labels: ['consumer'],
  },
  hub_consumer_lag_records: {
    kind: 'gauge',
    help: 'Events of the hub that the consumer was not told of yet.',
    labels: ['consumer', 'partition'],
  },
  hub_consumer_sent_total: {
    kind: 'counter',
    help: 'What a consumer was sent, by what it is: state, tombstone, purge, event.',
    labels: ['consumer', 'what'],
  },
  hub_consumer_refused_total: {
    kind: 'counter',
    help: 'Persons whom a consumer could not be told of, such as a record that is too large.',
    labels: ['consumer'],
  },
  hub_lookup_calls_total: {
    kind: 'counter',
    help: 'Calls to the look-up, by what became of them: answered, or the code of the refusal.',
    labels: ['operation', 'outcome'],
  },
  hub_lookup_pu_stalled: {
    kind: 'gauge',
    help: '1 when PU did not answer the last question of the look-up in time, else 0.',
    labels: [],
  },
  hub_lookup_seconds: {
    kind: 'histogram',
    help: 'From the arrival of a call to the look-up to its answer, the line in the access log included.',
    labels: ['operation'],
  },
  hub_lease_held: {
    kind: 'gauge',
    help: '1 while this instance holds the lease, else 0.',
    labels: ['lease'],
  },
  hub_role_healthy: {
    kind: 'gauge',
    help: '1 while the role makes progress or has nothing to do, else 0.',
    labels: ['role'],
  },
  hub_read_to_committed_seconds: {
    kind: 'histogram',
    help: 'From the reading of a source record to the commit of its transaction.',
    labels: [],
  },
  hub_read_to_published_seconds: {
    kind: 'histogram',
    help: 'From the reading of a source record to the verified send of its events.',
    labels: [],
  },
  hub_metrics_collect_failures_total: {
    kind: 'counter',
    help: 'Gauges that could not be asked for when this page was made, most likely because the hub store did not answer.',
    labels: [],
  },
  hub_process_resident_memory_bytes: {
    kind: 'gauge',
    help: 'Resident memory of this process.',
    labels: [],
  },
  hub_process_cpu_seconds_total: {
    kind: 'counter',
    help: 'Processor time of this process, user and system.',
    labels: [],
  },
} as const satisfies Readonly<Record<`hub_${string}`, MetricEntry>>;

export type MetricName = keyof typeof METRICS;

/** The names of the metrics of one kind. */
export type MetricNameOf<K extends MetricEntry['kind']> = {
  [N in MetricName]: (typeof METRICS)[N]['kind'] extends K ? N : never;
}[MetricName];

/** The label names of one metric. */
export type LabelName<N extends MetricName> = (typeof METRICS)[N]['labels'][number];
