-- Notes the classes and columns there are when the server starts, so that reset(classes=True) can go back to them.
DROP SCHEMA IF EXISTS parse_orm_start CASCADE;
CREATE SCHEMA parse_orm_start;
CREATE TABLE parse_orm_start.classes AS TABLE public."_SCHEMA";
CREATE TABLE parse_orm_start.columns AS
    SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public';
