DELETE FROM hub_person WHERE person_key IN (SELECT CAST(k.value AS uniqueidentifier) FROM OPENJSON(@p0) AS k)
