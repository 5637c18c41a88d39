INSERT INTO hub_contact_person_channel (person_key, contact_place, place, channel, value)
SELECT r.person_key, r.contact_place, r.place, r.channel, r.value
FROM OPENJSON(@p0) WITH (person_key uniqueidentifier, contact_place int, place int, channel nvarchar(200), value nvarchar(max)) AS r
