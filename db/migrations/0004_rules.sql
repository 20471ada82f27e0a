CREATE TABLE "cooldown" (
	"guild_id" bigint NOT NULL,
	"giver_id" bigint NOT NULL,
	"subject" text COLLATE "C" NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"request_id" text COLLATE "C" NOT NULL,
	"version" integer NOT NULL,
	CONSTRAINT "cooldown_guild_id_giver_id_subject_pk" PRIMARY KEY("guild_id","giver_id","subject"),
	CONSTRAINT "cooldown_in_turn" CHECK ("cooldown"."version" > 0)
);
--> statement-breakpoint
CREATE TABLE "counter" (
	"period" timestamp with time zone NOT NULL,
	"guild_id" bigint NOT NULL,
	"scope" text COLLATE "C" NOT NULL,
	"key" text COLLATE "C" NOT NULL,
	"count" integer NOT NULL,
	"bound" integer NOT NULL,
	CONSTRAINT "counter_period_guild_id_scope_key_pk" PRIMARY KEY("period","guild_id","scope","key"),
	CONSTRAINT "counter_within_bound" CHECK ("counter"."count" <= "counter"."bound")
);
--> statement-breakpoint
-- drizzle-kit writes this table without its partitions. They are in a schema of their own, where no role but the owner may do
-- anything: rows are read and added through the table itself.
CREATE SCHEMA "journal_months";
--> statement-breakpoint
CREATE TABLE "journal" (
	"day" timestamp with time zone NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"request_id" text COLLATE "C" NOT NULL,
	"place" smallint NOT NULL,
	"guild_id" bigint NOT NULL,
	"giver_id" bigint,
	"nth" integer,
	"subject" text COLLATE "C" NOT NULL,
	"delta" integer NOT NULL,
	"channel_id" bigint,
	"reason" text
) PARTITION BY RANGE ("day");
--> statement-breakpoint
CREATE INDEX "journal_at" ON "journal" USING brin ("at") WITH (pages_per_range=8);--> statement-breakpoint
CREATE INDEX "journal_subject" ON "journal" USING btree ("guild_id","subject","at");--> statement-breakpoint
CREATE UNIQUE INDEX "journal_giver" ON "journal" USING btree ("guild_id","giver_id","day","nth");--> statement-breakpoint
-- What no month takes: what was written before the first of them, or while nobody made them.
CREATE TABLE "journal_months"."other" PARTITION OF "journal" DEFAULT;--> statement-breakpoint
-- Makes the partitions of this month and the next two, and returns how many were missing. svc may call it, and so needs no
-- right to make tables. Rows of a month that came before its partition are moved into it. Meanwhile whoever adds to the
-- journal waits, before any row is locked: a statement that had chosen the default partition would be refused by its new
-- constraint.
CREATE FUNCTION "make_journal_months"() RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '2s' SET datestyle = 'ISO' AS $make$
DECLARE
	month timestamp;
	partition text;
	begins timestamptz;
	ends timestamptz;
	made integer := 0;
BEGIN
	PERFORM pg_advisory_xact_lock(8112046215564);
	FOR ahead IN 0..2 LOOP
		month := date_trunc('month', now() AT TIME ZONE 'UTC') + make_interval(months => ahead);
		partition := to_char(month, 'YYYY_MM');
		CONTINUE WHEN to_regclass(format('journal_months.%I', partition)) IS NOT NULL;
		begins := month AT TIME ZONE 'UTC';
		ends := (month + interval '1 month') AT TIME ZONE 'UTC';
		LOCK TABLE public.journal IN ACCESS EXCLUSIVE MODE;
		EXECUTE format('CREATE TABLE journal_months.%I (LIKE public.journal INCLUDING ALL)', partition);
		EXECUTE format(
			'WITH moved AS (DELETE FROM journal_months.other WHERE day >= $1 AND day < $2 RETURNING *)
			INSERT INTO journal_months.%I SELECT * FROM moved', partition
		) USING begins, ends;
		EXECUTE format(
			'ALTER TABLE public.journal ATTACH PARTITION journal_months.%I FOR VALUES FROM (%L) TO (%L)',
			partition, begins, ends
		);
		made := made + 1;
	END LOOP;
	RETURN made;
END $make$;--> statement-breakpoint
REVOKE ALL ON FUNCTION "make_journal_months"() FROM PUBLIC;--> statement-breakpoint
SELECT "make_journal_months"();--> statement-breakpoint
-- Servers that had karma before there were rules go on counting what members do to their own, until they choose.
INSERT INTO "setting" ("guild_id", "key", "value", "at", "request_id")
SELECT DISTINCT "guild_id", 'self', '"count"'::jsonb, 'epoch'::timestamptz, 'migration.rules' FROM "karma"
ON CONFLICT DO NOTHING;
