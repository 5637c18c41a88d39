DELETE FROM hub_identity WHERE person_key IN (SELECT CAST(k.value AS uniqueidentifier) FROM OPENJSON(@p0) AS k)
