DELETE FROM hub_purge_order
