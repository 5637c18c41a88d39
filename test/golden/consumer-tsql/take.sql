UPDATE hub_purge_order SET taken_at = SYSDATETIMEOFFSET() WHERE taken_at IS NULL AND id IN (SELECT CAST(k.value AS uniqueidentifier) FROM OPENJSON(@p0) AS k)
