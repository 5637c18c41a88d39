SELECT person_key, generation, version, CASE WHEN left_at IS NULL THEN 'present' ELSE 'left' END AS standing
FROM hub_person WHERE person_key IN (SELECT CAST(k.value AS uniqueidentifier) FROM OPENJSON(@p0) AS k)
UNION ALL
SELECT person_key, generation, version, 'deleted' AS standing
FROM hub_deleted_person WHERE person_key IN (SELECT CAST(k.value AS uniqueidentifier) FROM OPENJSON(@p1) AS k)
