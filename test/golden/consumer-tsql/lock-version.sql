SELECT version, instance_id, used_since FROM hub_schema_version WITH (UPDLOCK, HOLDLOCK)
