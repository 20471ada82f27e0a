-- Until here a request id was a snowflake: its time is (id >> 22) milliseconds after the beginning of 2015.
-- Each table is written anew once: the expressions of USING see the columns as they were.
ALTER TABLE "guild" ADD COLUMN "announce_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "guild"
	ALTER COLUMN "announce_at" SET DATA TYPE timestamp with time zone
		USING to_timestamp((("announce_request_id" >> 22) + 1420070400000)::float8 / 1000),
	ALTER COLUMN "announce_at" SET NOT NULL,
	ALTER COLUMN "announce_request_id" SET DATA TYPE text COLLATE "C" USING "announce_request_id"::text;--> statement-breakpoint
ALTER TABLE "ledger" ADD COLUMN "at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "ledger"
	ALTER COLUMN "at" SET DATA TYPE timestamp with time zone
		USING to_timestamp((("request_id" >> 22) + 1420070400000)::float8 / 1000),
	ALTER COLUMN "at" SET NOT NULL,
	ALTER COLUMN "request_id" SET DATA TYPE text COLLATE "C" USING "request_id"::text,
	ALTER COLUMN "channel_id" DROP NOT NULL,
	ALTER COLUMN "user_id" DROP NOT NULL;--> statement-breakpoint
CREATE INDEX "ledger_at" ON "ledger" USING btree ("at");
