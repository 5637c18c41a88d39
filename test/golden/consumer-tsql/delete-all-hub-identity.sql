DELETE FROM hub_identity
