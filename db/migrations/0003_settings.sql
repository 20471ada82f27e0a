CREATE TABLE "setting" (
	"guild_id" bigint NOT NULL,
	"key" text COLLATE "C" NOT NULL,
	"value" jsonb NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"request_id" text COLLATE "C" NOT NULL,
	CONSTRAINT "setting_guild_id_key_pk" PRIMARY KEY("guild_id","key")
);
--> statement-breakpoint
INSERT INTO "setting" ("guild_id", "key", "value", "at", "request_id")
SELECT "guild_id", 'announce', to_jsonb("announce"), "announce_at", "announce_request_id" FROM "guild";
--> statement-breakpoint
-- Workers of the version before touch it no more: since 0001 they cannot read the ledger, and wait.
DROP TABLE "guild";--> statement-breakpoint
ALTER TABLE "ledger" DROP CONSTRAINT "ledger_kind";--> statement-breakpoint
-- A request that is delivered again finds its result under today's kind.
UPDATE "ledger" SET
	"kind" = 'change-setting',
	"changes" = jsonb_build_object('key', 'announce', 'value', "changes" -> 'announce'),
	"answer" = jsonb_build_object('key', 'announce', 'value', "answer" -> 'announce')
WHERE "kind" = 'change-announce';--> statement-breakpoint
ALTER TABLE "ledger" ADD CONSTRAINT "ledger_kind" CHECK ("ledger"."kind" IN ('change-karma', 'change-setting'));
