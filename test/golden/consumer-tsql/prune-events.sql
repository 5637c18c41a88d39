DELETE TOP (5000) FROM hub_event WHERE received_at < @p0; SELECT @@ROWCOUNT AS gone
