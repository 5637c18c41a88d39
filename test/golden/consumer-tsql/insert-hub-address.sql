INSERT INTO hub_address (person_key, place, kind, care_of, lines, postal_code, city, country)
SELECT r.person_key, r.place, r.kind, r.care_of, r.lines, r.postal_code, r.city, r.country
FROM OPENJSON(@p0) WITH (person_key uniqueidentifier, place int, kind nvarchar(200), care_of nvarchar(max), lines nvarchar(max), postal_code nvarchar(max), city nvarchar(max), country nvarchar(max)) AS r
