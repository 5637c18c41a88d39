INSERT INTO hub_identity (person_key, place, root, extension, type, main)
SELECT r.person_key, r.place, r.root, r.extension, r.type, r.main
FROM OPENJSON(@p0) WITH (person_key uniqueidentifier, place int, root nvarchar(200), extension nvarchar(200), type nvarchar(200), main bit) AS r
