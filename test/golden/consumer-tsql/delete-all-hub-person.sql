DELETE FROM hub_person
