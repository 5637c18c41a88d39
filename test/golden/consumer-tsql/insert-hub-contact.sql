INSERT INTO hub_contact (person_key, place, channel, value, consent, digital_notification)
SELECT r.person_key, r.place, r.channel, r.value, r.consent, r.digital_notification
FROM OPENJSON(@p0) WITH (person_key uniqueidentifier, place int, channel nvarchar(200), value nvarchar(max), consent nvarchar(200), digital_notification bit) AS r
