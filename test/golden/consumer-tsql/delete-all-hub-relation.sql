DELETE FROM hub_relation
