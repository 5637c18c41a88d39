DELETE FROM hub_event
