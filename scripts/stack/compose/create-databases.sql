-- The image makes the database hub; one server holds all three, as in the local stack.
CREATE DATABASE registry;
CREATE DATABASE master;
