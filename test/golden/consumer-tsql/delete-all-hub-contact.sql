DELETE FROM hub_contact
