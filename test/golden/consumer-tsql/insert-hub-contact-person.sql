INSERT INTO hub_contact_person (person_key, place, relationship, priority, given_name, middle_name, surname)
SELECT r.person_key, r.place, r.relationship, r.priority, r.given_name, r.middle_name, r.surname
FROM OPENJSON(@p0) WITH (person_key uniqueidentifier, place int, relationship nvarchar(max), priority int, given_name nvarchar(max), middle_name nvarchar(max), surname nvarchar(max)) AS r
