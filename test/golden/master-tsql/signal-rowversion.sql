-- @p1 binary(8) = "100"
SELECT CONVERT(bigint, MIN_ACTIVE_ROWVERSION()) - 1, CONVERT(bigint, @@DBTS), CASE WHEN EXISTS (SELECT 1 FROM [dbo].[Befolkning] AS c WHERE c.[RadVersion] > @p1 AND c.[RadVersion] < MIN_ACTIVE_ROWVERSION())
  OR EXISTS (SELECT 1 FROM [dbo].[Adress] AS c WHERE c.[RadVersion] > @p1 AND c.[RadVersion] < MIN_ACTIVE_ROWVERSION())
  OR EXISTS (SELECT 1 FROM [dbo].[Kontakt] AS c WHERE c.[RadVersion] > @p1 AND c.[RadVersion] < MIN_ACTIVE_ROWVERSION()) THEN 1 ELSE 0 END
