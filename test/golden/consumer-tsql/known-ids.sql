SELECT id FROM hub_inbox WHERE id IN (SELECT k.value COLLATE Latin1_General_BIN2 FROM OPENJSON(@p0) AS k)
