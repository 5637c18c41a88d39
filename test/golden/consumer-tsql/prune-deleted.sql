DELETE TOP (5000) FROM hub_deleted_person WHERE deleted_at < @p0; SELECT @@ROWCOUNT AS gone
