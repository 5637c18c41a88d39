DELETE FROM hub_contact_person_channel WHERE person_key IN (SELECT CAST(k.value AS uniqueidentifier) FROM OPENJSON(@p0) AS k)
