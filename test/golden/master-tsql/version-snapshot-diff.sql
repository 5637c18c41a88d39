SELECT CONVERT(bigint, 0), CONVERT(bigint, 0)
