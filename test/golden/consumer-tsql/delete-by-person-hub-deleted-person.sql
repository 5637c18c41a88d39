DELETE FROM hub_deleted_person WHERE person_key IN (SELECT CAST(k.value AS uniqueidentifier) FROM OPENJSON(@p0) AS k)
