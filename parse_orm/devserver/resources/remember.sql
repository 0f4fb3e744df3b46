-- Notes the classes and columns that are there when the server starts: reset(classes=True) goes back to them.
DROP SCHEMA IF EXISTS parse_orm_start CASCADE;
CREATE SCHEMA parse_orm_start;
CREATE TABLE parse_orm_start.classes AS TABLE public."_SCHEMA";
CREATE TABLE parse_orm_start.columns AS
    SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public';
