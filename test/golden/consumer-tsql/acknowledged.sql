SELECT TOP (@p0) id FROM hub_purge_order WHERE taken_at IS NULL AND acknowledged_at IS NOT NULL ORDER BY acknowledged_at, id
