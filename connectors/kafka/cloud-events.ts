/** What CloudEvents says of a message beside its value. */
export interface CloudEvent {
  /** The same for the same content, each time that it is sent. */
  readonly id: string;
  readonly source: string;
  readonly type: string;
  /** Milliseconds since 1970. */
  readonly time: number;
  /** The person key. */
  readonly subject: string;
}

/** CloudEvents 1.0 headers by the Kafka binding, binary mode: the value is the Avro record. */
export function cloudEventHeaders({
  id,
  source,
  type,
  time,
  subject,
}: CloudEvent): Readonly<Record<string, string>> {
  return {
    ce_specversion: '1.0',
    ce_id: id,
    ce_source: source,
    ce_type: type,
    ce_time: new Date(time).toISOString(),
    ce_subject: subject,
    'content-type': 'application/avro',
  };
}
