INSERT INTO hub_relation (person_key, place, kind, root, extension, birth_date, given_name, middle_name, surname, valid_from, valid_to)
SELECT r.person_key, r.place, r.kind, r.root, r.extension, r.birth_date, r.given_name, r.middle_name, r.surname, r.valid_from, r.valid_to
FROM OPENJSON(@p0) WITH (person_key uniqueidentifier, place int, kind nvarchar(200), root nvarchar(200), extension nvarchar(200), birth_date varchar(10), given_name nvarchar(max), middle_name nvarchar(max), surname nvarchar(max), valid_from varchar(10), valid_to varchar(10)) AS r
