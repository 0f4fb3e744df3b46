-- Takes the classes back to what remember.sql noted: newer tables and columns go, _SCHEMA is as it was.
DO $$
DECLARE
    item record;
BEGIN
    FOR item IN SELECT tablename FROM pg_tables WHERE schemaname = 'public'
                AND tablename NOT IN (SELECT table_name FROM parse_orm_start.columns) LOOP
        EXECUTE format('DROP TABLE public.%I CASCADE', item.tablename);
    END LOOP;
    FOR item IN SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'
                EXCEPT SELECT table_name, column_name FROM parse_orm_start.columns LOOP
        EXECUTE format('ALTER TABLE public.%I DROP COLUMN %I CASCADE', item.table_name, item.column_name);
    END LOOP;
END
$$;
DELETE FROM public."_SCHEMA";
INSERT INTO public."_SCHEMA" SELECT * FROM parse_orm_start.classes;
