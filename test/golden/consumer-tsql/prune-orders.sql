DELETE TOP (5000) FROM hub_purge_order WHERE taken_at < @p0; SELECT @@ROWCOUNT AS gone
