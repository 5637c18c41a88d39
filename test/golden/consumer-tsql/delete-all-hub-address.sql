DELETE FROM hub_address
