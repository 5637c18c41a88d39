INSERT INTO hub_event (id, person_key, type, generation, version, effective_date, changed, recorded_at, received_at)
SELECT r.id, r.person_key, r.type, r.generation, r.version, r.effective_date, r.changed, r.recorded_at, r.received_at
FROM OPENJSON(@p0) WITH (id nvarchar(200), person_key uniqueidentifier, type nvarchar(200), generation bigint, version bigint, effective_date varchar(10), changed nvarchar(max), recorded_at datetimeoffset(3), received_at datetimeoffset(3)) AS r
