DELETE FROM hub_inbox
