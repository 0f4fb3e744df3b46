-- What Parse Server asks of PostGIS, on Postgres' own point type: one domain, one distance.
-- Parse Server 9.10 casts columns and POINT(longitude, latitude) to "geometry" and calls ST_DistanceSphere.
-- Runs more than once without harm. No spatial index; the radius is PostGIS' mean earth radius in metres.
DO $$
BEGIN
    IF to_regtype('geometry') IS NULL THEN
        CREATE DOMAIN geometry AS point;
    END IF;
END
$$;

CREATE OR REPLACE FUNCTION st_distancesphere(a geometry, b geometry) RETURNS double precision
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT 2 * 6371008.77 * asin(least(1, sqrt(
        power(sin(radians((b::point)[1] - (a::point)[1]) / 2), 2)
        + cos(radians((a::point)[1])) * cos(radians((b::point)[1]))
        * power(sin(radians((b::point)[0] - (a::point)[0]) / 2), 2))))
$$;
