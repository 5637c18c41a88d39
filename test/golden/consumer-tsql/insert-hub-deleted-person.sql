INSERT INTO hub_deleted_person (person_key, generation, version, deleted_at)
SELECT r.person_key, r.generation, r.version, r.deleted_at
FROM OPENJSON(@p0) WITH (person_key uniqueidentifier, generation bigint, version bigint, deleted_at datetimeoffset(3)) AS r
