-- Drops the months of the journal that ended before a time, and returns how many; of the default partition all, when all of
-- it is older. svc may call it, and so needs no right to drop tables. Nothing of the last 31 days is dropped, whatever svc
-- asks for. Meanwhile whoever adds to the journal waits, before any row is locked.
CREATE FUNCTION "drop_journal_months"("before" timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '2s' AS $drop$
DECLARE
	oldest timestamptz := least("before", now() - interval '31 days');
	partition text;
	dropped integer := 0;
BEGIN
	PERFORM pg_advisory_xact_lock(8112046215564);
	FOR partition IN
		SELECT relname FROM pg_class
		WHERE relnamespace = 'journal_months'::regnamespace AND relkind = 'r' AND relname ~ '^\d{4}_\d{2}$'
			AND (to_date(relname, 'YYYY_MM') + interval '1 month') AT TIME ZONE 'UTC' <= oldest
		ORDER BY relname
	LOOP
		LOCK TABLE public.journal IN ACCESS EXCLUSIVE MODE;
		EXECUTE format('DROP TABLE journal_months.%I', partition);
		dropped := dropped + 1;
	END LOOP;
	IF EXISTS (SELECT FROM journal_months.other)
		AND NOT EXISTS (SELECT FROM journal_months.other WHERE day >= oldest)
	THEN
		LOCK TABLE public.journal IN ACCESS EXCLUSIVE MODE;
		-- Somebody may have added to it before the lock.
		IF NOT EXISTS (SELECT FROM journal_months.other WHERE day >= oldest) THEN
			TRUNCATE journal_months.other;
			dropped := dropped + 1;
		END IF;
	END IF;
	RETURN dropped;
END $drop$;--> statement-breakpoint
REVOKE ALL ON FUNCTION "drop_journal_months"(timestamptz) FROM PUBLIC;
