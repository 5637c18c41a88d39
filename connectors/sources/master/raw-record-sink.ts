import type { SourceMessage } from '../../../core/sync/source-record.ts';

/**
 * Where a source connector puts what it read: the raw topic.
 *
 * `append` resolves only after every record was acknowledged; when it rejects, any number of them may have been written. The
 * records of one identity go to one partition, in the order of the calls and of the list. One call at a time.
 */
export interface RawRecordSink {
  append(messages: readonly SourceMessage[]): Promise<void>;
}
