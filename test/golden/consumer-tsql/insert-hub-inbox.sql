INSERT INTO hub_inbox (id, received_at)
SELECT r.id, r.received_at
FROM OPENJSON(@p0) WITH (id nvarchar(200), received_at datetimeoffset(3)) AS r
